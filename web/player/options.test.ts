import assert from "node:assert/strict";
import { test } from "node:test";
import { parseOptions } from "./options";

test("nothing asked for means a plain player", () => {
  assert.deepEqual(parseOptions(""), {
    autoplay: false,
    muted: false,
    loop: false,
    start: null,
    controls: true,
    color: null,
    format: "hls",
  });
});

test("switches are on when bare, 1 or true, and off when 0 or false", () => {
  for (const on of ["?loop", "?loop=", "?loop=1", "?loop=true"])
    assert.equal(parseOptions(on).loop, true, on);
  for (const off of ["?loop=0", "?loop=false", "?loop=maybe"])
    assert.equal(parseOptions(off).loop, false, off);
  assert.equal(parseOptions("?controls=0").controls, false);
  assert.equal(parseOptions("?controls=maybe").controls, true);
});

test("the start is a number of seconds", () => {
  for (const [search, start] of [
    ["?t=90", 90],
    ["?t=0", 0],
    ["?t=12.5", 12.5],
    ["?t=-1", null],
    ["?t=1e3", null],
    ["?t=NaN", null],
    ["?t=9999999", null],
  ] as const) {
    assert.equal(parseOptions(search).start, start, search);
  }
});

test("a color is three or six hexadecimal digits and nothing else", () => {
  for (const [search, color] of [
    ["?color=3366FF", "#3366ff"],
    ["?color=f63", "#ff6633"],
    ["?color=%233366ff", null],
    ["?color=red", null],
    ["?color=3366ff;}*{", null],
    ["?color=3366f", null],
  ] as const) {
    assert.equal(parseOptions(search).color, color, search);
  }
});

test("only dash leaves the default format", () => {
  assert.equal(parseOptions("?format=dash").format, "dash");
  assert.equal(parseOptions("?format=smooth").format, "hls");
});
