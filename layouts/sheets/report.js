"use strict";
// Draws the charts: their figures stand in the page as JSON, so that this script is the same in every report.
const figures = JSON.parse(document.getElementById("figures").textContent);
const config = { displayModeBar: false, responsive: true, doubleClick: false, showTips: false };
for (const place of document.querySelectorAll("[data-figure]")) {
  const figure = figures[place.dataset.figure];
  place.replaceChildren();
  Plotly.newPlot(place, figure.data, figure.layout, config);
}
const contents = document.querySelector("nav details");
contents.open = matchMedia("(min-width: 1200px)").matches;
addEventListener("beforeprint", () => document.querySelectorAll("[data-figure]").forEach((place) => Plotly.Plots.resize(place)));
