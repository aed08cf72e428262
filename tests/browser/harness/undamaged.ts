import assert from "node:assert/strict";
import type { Player } from "./player";

/** Plays from two places of the film: pictures come, none of them damaged, and sound. What is decrypted cannot be looked at. */
export async function playsUndamaged(player: Player): Promise<void> {
  await player.ready();
  await player.play();
  await player.reaches(1);
  await player.seek(6);
  await player.reaches(6.5);
  const { videoWidth, error } = await player.state();
  assert.deepEqual([videoWidth > 0, error], [true, null]);
  const decoded = await player
    .locator("video")
    .evaluate((video: HTMLVideoElement) => {
      const { totalVideoFrames, corruptedVideoFrames } =
        video.getVideoPlaybackQuality();
      const { webkitAudioDecodedByteCount } = video as HTMLVideoElement & {
        webkitAudioDecodedByteCount: number;
      };
      return {
        frames: totalVideoFrames > 20,
        corrupted: corruptedVideoFrames,
        sound: webkitAudioDecodedByteCount > 0,
      };
    });
  assert.deepEqual(decoded, { frames: true, corrupted: 0, sound: true });
}
