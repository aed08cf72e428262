// Uploads and assets through the API, going on whatever happens to the server. What the server acknowledged is
// written down; what it did not is asked for again.
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Batch {
  constructor({ port, key, films }) {
    Object.assign(this, { base: `http://127.0.0.1:${port}`, key, films });
    /** Every acknowledged asset: { id, film }. */
    this.assets = [];
    this.refused = 0;
  }

  /** One request, repeated until it is answered by something other than an absent or troubled server. */
  async call(method, target, body, raw = false) {
    const url = target.startsWith("http") ? target : this.base + target;
    const headers = { "x-api-key": this.key };
    if (body !== undefined)
      headers["content-type"] = raw
        ? "application/octet-stream"
        : "application/json";
    for (;;) {
      try {
        const sent = body === undefined || raw ? body : JSON.stringify(body);
        const answer = await fetch(url, { method, headers, body: sent });
        const bytes = Buffer.from(await answer.arrayBuffer());
        if (answer.status < 500)
          return { status: answer.status, headers: answer.headers, bytes };
        this.refused += 1;
      } catch {
        // The server is away.
      }
      await pause(100);
    }
  }

  async json(method, target, body) {
    const answer = await this.call(method, target, body);
    if (answer.status !== 200)
      throw new Error(`${method} ${target}: ${answer.status} ${answer.bytes}`);
    return answer.bytes.length > 0 ? JSON.parse(answer.bytes) : {};
  }

  /** Uploads a film and makes an asset of it. */
  async publish(film) {
    const { name, bytes } = film;
    const start = { name, friendlyName: name, fileSize: bytes.length };
    const { fileId, multipartUrls } = await this.json(
      "POST",
      "/vod/v1/files/start",
      start,
    );
    const part = await this.call("PUT", multipartUrls[0], bytes, true);
    if (part.status !== 200)
      throw new Error(`part: ${part.status} ${part.bytes}`);
    const eTag = part.headers.get("etag").replaceAll('"', "");
    await this.json("POST", "/vod/v1/files/complete", {
      fileId,
      parts: [{ partNumber: 1, eTag }],
    });
    const wanted = { transcodedSources: [{ fileId }], preset: "dash_hls_720p" };
    const { id } = await this.json("POST", "/vod/v1/assets", wanted);
    this.assets.push({ id, film });
  }

  /** Jobs that somebody works on or will, jobs that wait for others, and jobs that need a person. */
  async jobs() {
    const text = (await this.call("GET", "/metrics")).bytes.toString();
    const of = (state) =>
      Number(
        new RegExp(`^kinora_jobs\\{state="${state}"\\} (\\d+)`, "m").exec(
          text,
        )?.[1] ?? 0,
      );
    const moving = of("ready") + of("leased") + of("scheduled");
    return { moving, waiting: of("waiting"), parked: of("parked") };
  }
}
