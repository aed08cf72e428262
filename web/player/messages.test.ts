import assert from "node:assert/strict";
import { test } from "node:test";
import { Messenger, type PlayerMessage } from "./messages";

function fakeVideo(currentTime: number, duration: number): HTMLVideoElement {
  return Object.assign(new EventTarget(), { currentTime, duration }) as unknown as HTMLVideoElement;
}

test("events of the element become messages with its state", () => {
  const posted: [PlayerMessage, string][] = [];
  const video = fakeVideo(1.5, 12);
  new Messenger({ postMessage: (message, origin) => posted.push([message, origin]) }, "a1", video);
  video.dispatchEvent(new Event("play"));
  video.dispatchEvent(new Event("volumechange"));
  video.dispatchEvent(new Event("ended"));
  assert.deepEqual(posted, [
    [{ type: "kinora:play", version: 1, assetId: "a1", currentTime: 1.5, duration: 12 }, "*"],
    [{ type: "kinora:ended", version: 1, assetId: "a1", currentTime: 1.5, duration: 12 }, "*"],
  ]);
});

test("an error says its kind, and an unknown duration is null", () => {
  const posted: PlayerMessage[] = [];
  const messenger = new Messenger(
    { postMessage: (message) => posted.push(message) },
    "a1",
    fakeVideo(0, Number.NaN),
  );
  messenger.error("missing", "This video does not exist");
  assert.deepEqual(posted, [
    {
      type: "kinora:error",
      version: 1,
      assetId: "a1",
      currentTime: 0,
      duration: null,
      error: { kind: "missing", message: "This video does not exist" },
    },
  ]);
});
