// What the pages of studies do with script. They work without it, and a report that stands by
// itself has this same program and these same styles written into it.
import "./studies.css";
import { listenToCoding } from "./coding";
import { drawNetworks } from "./network";
import { drawPlots } from "./plots";
import { followProgress } from "./progress";

function start(): void {
  drawPlots(document);
  drawNetworks(document);
  followProgress(document);
  listenToCoding(document);
}

// Names in pictures are measured, so their fonts come first.
async function startWithFonts(): Promise<void> {
  await Promise.race([document.fonts.ready, new Promise((resolve) => setTimeout(resolve, 1_000))]);
  start();
}

if (document.readyState === "loading") {
  document.addEventListener("DOMContentLoaded", () => void startWithFonts());
} else {
  void startWithFonts();
}
