// A client as a partner would write it: every name and type comes from the document.
import createClient from "openapi-fetch";
import type { paths } from "./openapi.js";

const [baseUrl] = process.argv.slice(2);
if (baseUrl === undefined) {
  console.error("usage: main.js BASE_URL");
  process.exit(2);
}
process.on("uncaughtException", (error) => {
  const { cause } = error;
  console.error(`${baseUrl}: ${error.message}${cause instanceof Error ? `: ${cause.message}` : ""}`);
  process.exit(1);
});

// In a query, lists of codes and ids are joined by commas.
const api = createClient<paths>({ baseUrl, querySerializer: { array: { style: "form", explode: false } } });

/** The body of an answer, or the end of the program with the problem that the server reported. */
function body<T>(answer: { data?: T; error?: { title: string; detail: string }; response: Response }): T {
  if (answer.data === undefined) {
    const { error, response } = answer;
    console.error(`${response.url}: ${response.status} ${error?.title ?? ""}: ${error?.detail ?? ""}`);
    process.exit(1);
  }
  return answer.data;
}

const first = body(
  await api.GET("/v1/incidents", {
    params: { query: { country: ["KG", "KZ"], date_from: "2012-01-01", limit: 3, include_total: true } },
  }),
);
console.log(`${first.meta.total?.value ?? "?"} incidents in Kyrgyzstan and Kazakhstan; the latest:`);

const shown = [...first.data];
if (first.meta.next_cursor !== null) {
  // Filters are repeated with the cursor.
  const cursor = first.meta.next_cursor;
  const next = await api.GET("/v1/incidents", {
    params: { query: { country: ["KG", "KZ"], date_from: "2012-01-01", limit: 3, cursor } },
  });
  shown.push(...body(next).data);
}
for (const { start_date, title, location, figures } of shown) {
  console.log(`${start_date ?? "undated"}  ${title} (${location.place ?? location.country ?? "place unknown"})`);
  for (const { measure, low, high, claimant_class } of figures) {
    console.log(`            ${measure} ${low ?? ""}–${high ?? ""}, says ${claimant_class}`);
  }
}

const [incident] = shown;
if (incident === undefined) {
  console.error("no incident was found");
  process.exit(1);
}
const again = body(await api.GET("/v1/incidents/{id}", { params: { path: { id: incident.id } } }));
if (again.version < incident.version || again.id !== incident.id) {
  console.error(`the list and the record differ: ${incident.id}`);
  process.exit(1);
}

const articles = body(await api.GET("/v1/articles", { params: { query: { limit: 3 } } }));
for (const { title, language, publisher } of articles.data) {
  console.log(`article  ${title} [${language}], ${publisher?.name ?? "publisher unknown"}`);
}
const entities = body(await api.GET("/v1/entities", { params: { query: { limit: 3 } } }));
for (const { name, kind, aliases } of entities.data) {
  console.log(`entity   ${[name, ...aliases.map((alias) => alias.name)].join(" / ")} (${kind})`);
}
