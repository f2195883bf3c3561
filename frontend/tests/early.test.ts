import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { askEarly, bodyOf, keyOf } from "../src/early";

const DOOR = "/_dash-update-component";
/** As the renderer of Dash 4.4 writes it. */
const ROUTER = '{"output":".._pages_content.children..._pages_store.data..","outputs":[{"id":"_pages_content","property":"children"},{"id":"_pages_store","property":"data"}],'
  + '"inputs":[{"id":"_pages_location","property":"pathname","value":"/region"},{"id":"_pages_location","property":"search","value":"?region=4302"}],'
  + '"changedPropIds":["_pages_location.pathname","_pages_location.search"],"parsedChangedPropsIds":["_pages_location.pathname","_pages_location.search"]}';
const PLACE = { pathname: "/region", search: "?region=4302" };

type Asked = [string, RequestInit | undefined];
let asked: Asked[], answer: (address: string) => Promise<Response>;

beforeEach(({ mock }: any) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  asked = [];
  answer = async (address) => new Response(address);
  const fetch = (address: string, init?: RequestInit) => { asked.push([address, init]); return answer(address); };
  Object.assign(globalThis, { window: { fetch }, document: { cookie: "a=b; _csrf_token=.eJ%2Bx", readyState: "complete" } });
});

const said = async (address: string, init?: RequestInit) => (await window.fetch(address, init)).text();

test("the router's request is the renderer's own, letter by letter", () => {
  assert.equal(bodyOf(PLACE), ROUTER);
});

test("what is asked early is handed out once, whatever else is asked goes its own way", async () => {
  askEarly(PLACE);
  assert.deepEqual(asked.map(([address]) => address), ["/_dash-layout", "/_dash-dependencies", DOOR]);
  assert.equal((asked[2]![1]!.headers as Record<string, string>)["X-CSRFToken"], ".eJ+x");
  const other = ROUTER.replace("4302", "4303");
  assert.equal(await said(`${DOOR}?endId=x`, { method: "POST", body: other }), `${DOOR}?endId=x`);
  assert.equal(asked.length, 4);
  for (const [address, body] of [["/_dash-layout"], ["/_dash-dependencies"], [`${DOOR}?endId=x`, ROUTER]]) assert.equal(await said(address!, { body }), address!.split("?")[0]);
  assert.equal(asked.length, 4);
  await said("/_dash-layout");
  assert.equal(asked.length, 5);
});

test("a request that did not come through is made again", async () => {
  let broken = true;
  answer = async (address) => { if (broken) throw new Error("E-NET"); return new Response(address); };
  askEarly(PLACE);
  broken = false;
  assert.equal(await said("/_dash-layout"), "/_dash-layout");
});

test("a look at a worker's day is not asked for by us: each is written down", () => {
  askEarly({ pathname: "/worker", search: "?id=W1" });
  assert.deepEqual(asked.map(([address]) => address), ["/_dash-layout", "/_dash-dependencies"]);
});

test("two addresses are two requests, and what else hangs on the door is none of the router's", () => {
  assert.notEqual(keyOf(DOOR, bodyOf(PLACE)), keyOf(DOOR, bodyOf({ ...PLACE, search: "" })));
  assert.equal(keyOf(`${DOOR}?endId=x`, bodyOf(PLACE)), keyOf(DOOR, bodyOf(PLACE)));
  assert.notEqual(keyOf(DOOR, '{"output":"other.data"}'), keyOf(DOOR, bodyOf(PLACE)));
});
