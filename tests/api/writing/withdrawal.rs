//! Withdrawing records, drafts, and what nobody but editors may see.

use serde_json::json;

use super::{editing, id_of, incident, with};

#[test]
fn what_is_withdrawn_leaves_a_tombstone_and_can_come_back() {
    let (server, key) = editing();
    let created = server.write(&key, "POST", "/v1/incidents", &incident(), &[]);
    let path = format!("/v1/incidents/{}", id_of(&created));
    let authorization = format!("Bearer {key}");
    let delete = |headers: &[(&str, &str)]| {
        let mut all = vec![("Authorization", authorization.as_str())];
        all.extend_from_slice(headers);
        server.request("DELETE", &path, &all)
    };
    delete(&[("If-Match", "\"7\"")]).problem(412, "precondition-failed");
    let with_body = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
    server.send("DELETE", &path, &with_body, b"{\"reason\": \"ignored?\"}").problem(400, "unexpected-body");
    assert_eq!(delete(&[("If-Match", "\"1\""), ("Change-Reason", "out_of_scope")]).status, 204);
    let gone = server.get(&path);
    gone.problem(410, "gone");
    assert_eq!((gone.at("/tombstone/reason"), gone.at("/tombstone/id")), (json!("out_of_scope"), created.at("/id")));
    assert_eq!(delete(&[]).status, 204, "it is withdrawn already");
    assert_eq!(
        server.get_as(&key, &format!("/v1/incidents?id={}&state=retracted", id_of(&created))).each("/version"),
        [json!(2)]
    );
    let back = server.write(&key, "PATCH", &path, &json!({ "state": "published" }), &[("If-Match", "\"2\"")]);
    assert_eq!((back.status, back.at("/version")), (200, json!(3)), "{back}");
    assert_eq!(server.get(&path).at("/title"), created.at("/title"));
    let again = server.write(
        &key,
        "PATCH",
        &path,
        &json!({ "state": "retracted" }),
        &[("If-Match", "\"3\""), ("Change-Reason", "duplicate")],
    );
    assert_eq!((again.status, again.at("/state")), (200, json!("retracted")));
    assert_eq!(server.get(&path).at("/tombstone/reason"), "duplicate");
    server
        .request("DELETE", "/v1/incidents/0190d6a0-0000-7000-8000-000000000009", &[("Authorization", &authorization)])
        .problem(404, "not-found");
}

#[test]
fn what_others_refer_to_is_not_withdrawn() {
    let (server, key) = editing();
    let entity = server.write(&key, "POST", "/v1/entities", &json!({ "kind": "person", "name": "A" }), &[]);
    let body =
        with(incident(), json!({ "legal_steps": [{ "entity": { "id": entity.at("/id") }, "step": "charged" }] }));
    let incident = server.write(&key, "POST", "/v1/incidents", &body, &[]);
    let authorization = format!("Bearer {key}");
    let headers = [("Authorization", authorization.as_str())];
    let path = format!("/v1/entities/{}", id_of(&entity));
    let fault = server.request("DELETE", &path, &headers).problem(409, "referenced");
    let detail = fault["detail"].as_str().expect("a detail");
    assert!(detail.contains(&id_of(&incident)) && detail.contains("/legal_steps/0/entity"), "{detail}");
    server
        .write(&key, "PATCH", &path, &json!({ "state": "retracted" }), &[("If-Match", "\"1\"")])
        .problem(409, "referenced");
    // What is withdrawn refers to nothing any more; and it cannot come back without what it refers to.
    let incident_path = format!("/v1/incidents/{}", id_of(&incident));
    assert_eq!(server.request("DELETE", &incident_path, &headers).status, 204);
    assert_eq!(server.request("DELETE", &path, &headers).status, 204);
    let fault = server
        .write(&key, "PATCH", &incident_path, &json!({ "state": "published" }), &[("If-Match", "\"2\"")])
        .problem(422, "invalid-content");
    assert_eq!(fault["pointer"], "/legal_steps/0/entity");
}

#[test]
fn a_reference_and_a_withdrawal_at_once_never_leave_a_loose_end() {
    let (server, key) = editing();
    let authorization = format!("Bearer {key}");
    for _ in 0..10 {
        let entity = server.write(&key, "POST", "/v1/entities", &json!({ "kind": "person", "name": "A" }), &[]);
        let body =
            with(incident(), json!({ "participants": [{ "entity": { "id": entity.at("/id") }, "role": "target" }] }));
        let path = format!("/v1/entities/{}", id_of(&entity));
        let (created, withdrawn) = std::thread::scope(|scope| {
            let creator = scope.spawn(|| server.write(&key, "POST", "/v1/incidents", &body, &[]).status);
            let withdrawer =
                scope.spawn(|| server.request("DELETE", &path, &[("Authorization", &authorization)]).status);
            (creator.join().expect("an answer"), withdrawer.join().expect("an answer"))
        });
        assert!(matches!((created, withdrawn), (201, 409) | (422, 204)), "{created} {withdrawn}");
    }
}

#[test]
fn a_draft_is_seen_by_nobody_but_editors_who_ask() {
    let (server, key) = editing();
    let entity = json!({ "kind": "person", "name": "Drafted Person", "state": "draft" });
    let entity = server.write(&key, "POST", "/v1/entities", &entity, &[]);
    assert_eq!((entity.status, entity.at("/state")), (201, json!("draft")));
    let id = id_of(&entity);
    let before = server.get("/v1/incidents").at("/meta/revision");
    server.get(&format!("/v1/entities/{id}")).problem(404, "not-found");
    assert_eq!(server.get_as(&key, &format!("/v1/entities/{id}")).status, 200);
    for list in ["/v1/entities", "/v1/entities?kind=person"] {
        assert!(server.all(list.split('?').next().expect("a path")).iter().all(|record| record["id"] != id.as_str()));
        assert_eq!(server.get_as(&key, &format!("/v1/entities?id={id}")).at("/data"), json!([]));
    }
    assert_eq!(
        server.get_as(&key, &format!("/v1/entities?id={id}&state=draft")).each("/name"),
        [json!("Drafted Person")]
    );
    let relation = json!({ "relations": [{ "relation": "ally_of", "entity": { "id": id } }] });
    let fault = server.write(
        &key,
        "POST",
        "/v1/entities",
        &with(json!({ "kind": "person", "name": "B" }), relation.clone()),
        &[],
    );
    assert_eq!(fault.problem(422, "invalid-content")["pointer"], "/relations/0/entity");
    let drafts = with(json!({ "kind": "person", "name": "C", "state": "draft" }), relation);
    let second = server.write(&key, "POST", "/v1/entities", &drafts, &[]);
    assert_eq!(second.status, 201, "a draft may refer to a draft: {second}");
    assert_eq!(server.get("/v1/incidents").at("/meta/revision"), before, "nothing public has changed");
    // A draft that is withdrawn was never there.
    let authorization = format!("Bearer {key}");
    let path = format!("/v1/entities/{}", id_of(&second));
    assert_eq!(server.request("DELETE", &path, &[("Authorization", &authorization)]).status, 204);
    server.get(&path).problem(404, "not-found");
    server.get_as(&key, &path).problem(410, "gone");
    let published = server.write(
        &key,
        "PATCH",
        &format!("/v1/entities/{id}"),
        &json!({ "state": "published" }),
        &[("If-Match", "\"1\"")],
    );
    assert_eq!((published.status, published.at("/version")), (200, json!(2)));
    assert_eq!(server.get(&format!("/v1/entities/{id}")).at("/name"), "Drafted Person");
}

#[test]
fn a_public_record_never_shows_one_of_an_internal_dataset() {
    let (server, key) = editing();
    server.dataset("inside", "internal");
    let inside = json!({ "kind": "person", "name": "Informant", "dataset": "inside" });
    let inside = server.write(&key, "POST", "/v1/entities", &inside, &[]);
    assert_eq!(inside.status, 201);
    server.get(&format!("/v1/entities/{}", id_of(&inside))).problem(404, "not-found");
    let participants = json!({ "participants": [{ "entity": { "id": inside.at("/id") }, "role": "witness" }] });
    let fault = server.write(&key, "POST", "/v1/incidents", &with(incident(), participants.clone()), &[]);
    assert_eq!(fault.problem(422, "invalid-content")["code"], "unavailable_reference");
    let own = with(with(incident(), participants), json!({ "dataset": "inside" }));
    assert_eq!(server.write(&key, "POST", "/v1/incidents", &own, &[]).status, 201);
}
