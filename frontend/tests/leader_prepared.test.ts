import assert from "node:assert/strict";
import { test } from "node:test";
import { awaitPrepared } from "../src/leader/prepared";

const settled = () => new Promise((done) => setImmediate(done));

test("a notice asks until the analysis is there, then the page comes anew; without the notice nobody asks", async ({ mock }) => {
  mock.timers.enable({ apis: ["setInterval"] });
  const answers = [new Error("no network"), { status: 202 }, { status: 200 }, { status: 204 }], asked: string[] = [];
  let reloads = 0;
  mock.method(globalThis, "fetch", async (address: string) => {
    const answer = answers[asked.push(address) - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  });
  Object.assign(globalThis, { location: { reload: () => { reloads += 1; } } });
  const notice = awaitPrepared();
  assert.equal(asked.length, 0);
  for (const expected of [0, 0, 0, 1]) {
    mock.timers.tick(5_000);
    await settled();
    assert.equal(reloads, expected);
  }
  notice.dispose();
  mock.timers.tick(60_000);
  assert.deepEqual(asked, ["/prepared", "/prepared", "/prepared", "/prepared"]);
});
