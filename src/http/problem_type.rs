//! The types of problems, each explained at `/problems/{type}`.

use actix_web::http::StatusCode;

/// One row a type: variant, slug, status, title, explanation.
macro_rules! problem_types {
    ($($variant:ident: $slug:literal, $status:ident, $title:literal, $explanation:literal;)+) => {
        /// A type of problem.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ProblemType {
            $(#[doc = $title] $variant,)+
        }

        impl ProblemType {
            /// Every type.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name in the address of its page.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug,)+ }
            }

            /// The status that it is answered with.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }

            /// What it is, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// What it means, and what a caller can do about it.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)+ }
            }
        }
    };
}

problem_types! {
    InvalidParameter: "invalid-parameter", BAD_REQUEST, "A parameter is wrong",
        "A parameter of the path or the query is unknown, stands twice, cannot be read, is out of range, or contradicts another. \
         Each entry of `errors` names one, says what is wrong with it and what is allowed. Nothing is guessed: a misspelt \
         filter would otherwise return everything. Correct the request; the same one fails again.";
    UnexpectedBody: "unexpected-body", BAD_REQUEST, "The request has a body that it should not have",
        "Reads and withdrawals take their parameters from the path, the query and the head alone. Send the request without a body.";
    Unauthenticated: "unauthenticated", UNAUTHORIZED, "A key is missing or not accepted",
        "The request needs a key and has none, or the `Authorization` header carries one that is unknown, expired or revoked. Reads of what is published need no key: leave the \
         header out to read as anybody may, or send `Authorization: Bearer` with a good key.";
    Forbidden: "forbidden", FORBIDDEN, "The key does not allow this",
        "The key is good, but its role does not allow what was asked. Writing, drafts, retracted records and internal datasets are for editors, undoing merges and datasets for admins.";
    NotFound: "not-found", NOT_FOUND, "There is no such record",
        "No record has this id, or it is not published. Ids are never used again: an id that was public before answers 410 or 308, not 404.";
    UnknownPath: "unknown-path", NOT_FOUND, "Nothing is served at this path",
        "The path is none of those that /openapi.json lists. Paths have no trailing slash.";
    MethodNotAllowed: "method-not-allowed", METHOD_NOT_ALLOWED, "The path does not take this method",
        "The path exists, but not with this method. The `Allow` header lists those that it takes.";
    Gone: "gone", GONE, "The record was withdrawn",
        "A record with this id was published and has been withdrawn. `tombstone` says when and why, and names the record that took its \
         place if one did. Remove it from your copy. A snapshot is withdrawn when it holds what must not be shown any more: remove what you took from it, \
         and begin anew with the one that took its place.";
    RangeNotSatisfiable: "range-not-satisfiable", RANGE_NOT_SATISFIABLE, "The file does not have this part",
        "The `Range` of the request lies behind the end of the file. `Content-Range` says how long it is: a download of that length is complete.";
    AnswerTooLarge: "answer-too-large", UNPROCESSABLE_ENTITY, "The answer would be too large",
        "The request is right, but what it asks for is more than one answer holds. `errors` names the parameter and the limit. Ask for less: \
         coarser groups, or narrower filters.";
    ContentTooLarge: "content-too-large", PAYLOAD_TOO_LARGE, "The body is too large",
        "The body of the request is larger than this operation takes.";
    UnsupportedMediaType: "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "The body is of another type",
        "Records are sent as `application/json`, changes as `application/merge-patch+json` (or as `application/json`), batches as \
         `application/x-ndjson`; always in UTF-8 and not compressed.";
    InvalidJson: "invalid-json", BAD_REQUEST, "The body is no JSON",
        "The body is empty, is cut off, is not UTF-8, is nested too deeply, has a member twice, or is otherwise no JSON. `detail` says where.";
    InvalidContent: "invalid-content", UNPROCESSABLE_ENTITY, "The body cannot be stored",
        "The body is JSON, but a member is missing, unknown, of another type, out of range or no code of its vocabulary, contradicts another \
         one, or refers to a record that cannot be referred to. Each entry of `errors` names the place of one fault as a JSON pointer; all are named at \
         once. Nothing was stored.";
    PreconditionRequired: "precondition-required", PRECONDITION_REQUIRED, "The request does not say which version it changes",
        "So that no change overwrites another one unseen, `If-Match` names the version that was read: the ETag as it was given, or the version in quotes.";
    PreconditionFailed: "precondition-failed", PRECONDITION_FAILED, "The record was changed meanwhile",
        "`If-Match` names another version or ETag than that of now. Read it again, and apply the change to what is there.";
    Referenced: "referenced", CONFLICT, "Other records refer to it",
        "A record that others refer to is not withdrawn: they would lead nowhere. `errors` names them. Change or withdraw them first, or merge the record into another one. \
         Nor is the `access` of a dataset changed if public records would then refer to internal ones: change those first, or the access of their dataset.";
    Merged: "merged", CONFLICT, "The record was merged into another one",
        "The record is no longer written to. `detail` names the one that took its place.";
    MergeConflict: "merge-conflict", CONFLICT, "The record cannot be merged, or not come back, as things stand",
        "A draft is not merged, and only what was merged comes back from it: not if what it refers to was withdrawn since, or if it would not be \
         valid any more. `errors` says what stands in the way.";
    InFlight: "in-flight", CONFLICT, "The same request is being carried out",
        "A request with this `Idempotency-Key` has not been answered yet. Try again; then the first answer is given again.";
    KeyReused: "key-reused", UNPROCESSABLE_ENTITY, "The Idempotency-Key belongs to another request",
        "Another path or body was sent with this `Idempotency-Key` within a day. Every request has a key of its own; only its repetition has the same.";
    TooManyRequests: "too-many-requests", TOO_MANY_REQUESTS, "The quota is used up",
        "More requests came from this address, or with this key, than its quota allows in a minute. `Retry-After` says in how many \
         seconds the next one is answered. Answers of 304 cost nothing: send `If-None-Match`.";
    InternalError: "internal-error", INTERNAL_SERVER_ERROR, "The server failed",
        "A fault of ours. It is logged under the `instance` of the problem; please report it.";
    Unavailable: "unavailable", SERVICE_UNAVAILABLE, "The service is not available now",
        "The database is busy, restarting or out of reach, or the query took longer than it may. `Retry-After` says when to try again; \
         a query that is too slow wants more filters.";
}

impl ProblemType {
    /// The address of the page that explains it, which is also its identifier in a problem.
    pub fn path(self) -> String {
        format!("/problems/{}", self.slug())
    }
}
