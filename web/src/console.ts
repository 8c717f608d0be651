// What the console does with script; every page works without it.
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/noto-sans-arabic/wght.css";
import "./console.css";
import { listen } from "./keys";
import { announce, keepPressing, refresh, waitForDeliveries } from "./live";

listen(document);
announce(document);
refresh(document);
waitForDeliveries(document);
keepPressing(document);
