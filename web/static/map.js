// Puts a map one can move in the place of the sketch, from the list beside it; only where tiles are switched on.
const frame = document.querySelector("[data-map]");
if (frame?.dataset.tiles && window.L) {
  const places = [...document.querySelectorAll("[data-lat]")].map((line) => ({
    at: [Number(line.dataset.lat), Number(line.dataset.lon)],
    link: line.querySelector("a"),
  }));
  frame.replaceChildren();
  frame.classList.add("is-live");
  const map = L.map(frame).fitBounds(places.map((place) => place.at), { padding: [24, 24], maxZoom: 15 });
  L.tileLayer("https://cache.kartverket.no/v1/wmts/1.0.0/topo/default/webmercator/{z}/{y}/{x}.png", { attribution: "© Kartverket", maxZoom: 18 }).addTo(map);
  for (const place of places) {
    const marker = L.circleMarker(place.at, { radius: 9, color: "#fff", weight: 2, fillColor: "#0b5568", fillOpacity: 1 }).addTo(map);
    marker.bindTooltip(place.link.textContent);
    marker.on("click", () => place.link.click());
  }
}
