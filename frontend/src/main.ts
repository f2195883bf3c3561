import { clientside } from "./charts";
import { go } from "./leader/go";
import { foreseeGrid } from "./leader/grid";
import { makeLater } from "./leader/later";
import { Leader } from "./leader/leader";
import { preparePlotly } from "./plotly";
import { Wall } from "./wall";

declare global {
  interface Window { wall?: Wall; leader?: Leader }
}

preparePlotly(location.pathname);
foreseeGrid(location.pathname);
makeLater(location.pathname);

// Dash adds its own functions to the object that it finds.
window.dash_clientside = Object.assign(window.dash_clientside ?? ({} as NonNullable<Window["dash_clientside"]>), { wall: clientside, leader: { go } });

/** Dash puts the page in after it has loaded: the wall starts when its element is there, and only once. */
function whenThere(id: string, start: (root: HTMLElement) => void): void {
  const look = () => {
    const root = document.getElementById(id);
    if (root) start(root);
    return root !== null;
  };
  if (look()) return;
  const observer = new MutationObserver(() => { if (look()) observer.disconnect(); });
  observer.observe(document.documentElement, { childList: true, subtree: true });
}

whenThere("wall", (root) => {
  window.wall = new Wall(root);
  window.wall.start();
});

whenThere("leader", () => {
  window.leader = new Leader();
  window.leader.start();
});
