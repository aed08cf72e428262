import { MediaController } from "media-chrome";
import "media-chrome/menu";
import "./player.css";
import { element } from "../shared/dom";
import { assetPath, manifestPath, parseAddress, proofQuery, showsPart } from "./address";
import { Commands } from "./commands";
import { chooseEngine } from "./engines/choose";
import type { MediaKind } from "./engines/engine";
import { Messenger } from "./messages";
import { parseOptions } from "./options";
import { Panel } from "./panel";
import { Pictures } from "./pictures";
import { describeProblem } from "./problem";
import { Session } from "./session";
import { Toast } from "./toast";

const address = parseAddress(location.pathname);
const options = parseOptions(location.search);
const stage = element("stage", HTMLElement);
const controller = element("controller", MediaController);
// The panel and the toast go along into full screen.
controller.fullscreenElement = stage;

if (options.color) stage.style.setProperty("--accent", options.color);
stage.dataset.controls = options.controls ? "on" : "off";

const video = document.createElement("video");
video.slot = "media";
video.playsInline = true;
video.preload = "metadata";
video.loop = options.loop;
video.muted = options.muted;

const url = address ? manifestPath(address, options.format, location.search) : "";
const engine = address ? chooseEngine(video, options.format, url) : null;
if (options.muted) controller.setAttribute("nomutedpref", "");
controller.append(video);

const pictures = address
  ? new Pictures(video, {
      asset: assetPath(address),
      manifest: url,
      proof: proofQuery(location.search),
      poster: !options.autoplay,
      preview: !showsPart(location.search),
    })
  : null;

function showKind(kind: MediaKind): void {
  stage.dataset.kind = kind;
  if (kind === "video") pictures?.pictured();
  controller.toggleAttribute("audio", kind === "audio");
}

const embedded = window.parent !== window;
const messenger = embedded ? new Messenger(window.parent, address?.assetId ?? "", video) : null;
const session = new Session(
  { video, url, start: options.start, autoplay: options.autoplay, engine },
  {
    kind: showKind,
    whole: () => pictures?.whole(),
    problem: (problem) => {
      panel.show(problem);
      if (problem) messenger?.error(problem.kind, describeProblem(problem).title);
    },
  },
);
const panel = new Panel(() => session.retry());

new Commands(video, controller, new Toast()).listen();
controller.addEventListener("dblclick", (event) => {
  if (event.target !== video && event.target !== controller) return;
  const type = document.fullscreenElement ? "mediaexitfullscreenrequest" : "mediaenterfullscreenrequest";
  controller.dispatchEvent(new CustomEvent(type));
});

if (address) session.begin();
else panel.show({ kind: "missing" });
