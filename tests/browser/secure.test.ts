import assert from "node:assert/strict";
import { Player } from "./harness/player";
import { openPage, test } from "./harness/session";
import { playsUndamaged } from "./harness/undamaged";
import { world } from "./harness/world";

for (const format of ["hls", "dash"] as const) {
  test(`a film plays over TLS, by HTTP/2 (${format})`, async (t) => {
    const { secureOrigin } = await world.server();
    const asset = await world.asset("moving-picture.mp4");
    const watch = await openPage(t, secureOrigin);
    await watch.page.goto(`${secureOrigin}/embed/${asset}?format=${format}`);
    await playsUndamaged(new Player(watch.page));
    const protocols = await watch.page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .filter(({ name }) => new URL(name).pathname.endsWith(".m4s"))
        .map((entry) => (entry as PerformanceResourceTiming).nextHopProtocol),
    );
    assert.ok(protocols.length > 2, `${protocols.length} segments`);
    assert.deepEqual([...new Set(protocols)], ["h2"]);
    watch.assertClean();
  });
}
