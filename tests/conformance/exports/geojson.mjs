// Holds the maps of a server against RFC 7946, by Placemark's check.
//
//     node geojson.mjs http://127.0.0.1:8080
//
// Exit status: 0; 1 if a map is none.
import { check } from "@placemarkio/check-geojson";

const [base] = process.argv.slice(2);
if (base === undefined) {
  console.error("usage: node geojson.mjs BASE_URL");
  process.exit(2);
}
for (const query of ["", "country=KG&kind=assembly", "country=AF"]) {
  const answer = await fetch(`${base}/v1/incidents.geojson?${query}`);
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  // Throws what is wrong, with its place.
  const map = check(await answer.text());
  console.log(`map of ${query || "all"}: ${map.features.length} features`);
}
