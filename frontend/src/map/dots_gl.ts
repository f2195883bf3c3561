/** Workers on the GPU: one instanced quad each, covering disc and tail; the shader glides between the last two places. */

import type { Workers } from "../workers";
import { type Dots, Instances, type Look, STRIDE } from "./dots";
import type { Palette } from "./style";

const VERTEX = `#version 300 es
in vec2 corner;
in vec4 place;
in vec2 back;
uniform float time, dot_, tail, pad;
uniform vec4 clip;
uniform vec2 pixel;
out vec2 at;
out float reach;
void main() {
  float length_ = dot(back, back) > 0.5 ? tail : 0.0;
  vec2 along = length_ > 0.0 ? back : vec2(1.0, 0.0), across = vec2(-along.y, along.x);
  float edge = dot_ + pad;
  at = vec2(mix(-edge, length_ + edge, corner.x), mix(-edge, edge, corner.y));
  reach = length_;
  vec2 metres = mix(place.xy, place.zw, time);
  gl_Position = vec4(metres * clip.xz + clip.yw + (along * at.x + across * at.y) * pixel, 0.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec2 at;
in float reach;
uniform float dot_;
uniform vec4 colour;
uniform bool cross_;
out vec4 result;
void main() {
  float d = length(at) - dot_;
  if (cross_) {
    vec2 r = abs(vec2(at.x + at.y, at.x - at.y)) * 0.7071;
    d = max(min(r.x, r.y) - dot_ * 0.3, max(r.x, r.y) - dot_ * 1.15);
  } else if (reach > 0.0) {
    d = min(d, length(at - vec2(clamp(at.x, 0.0, reach), 0.0)) - dot_ * 0.28);
  }
  float alpha = colour.a * clamp(0.5 - d, 0.0, 1.0);
  result = vec4(colour.rgb * alpha, alpha);
}`;

type Uniforms = Record<"time" | "dot_" | "tail" | "pad" | "clip" | "pixel" | "colour" | "cross_", WebGLUniformLocation | null>;
type Rgba = [number, number, number, number];

export function rgba(hex: string, alpha = 1): Rgba {
  const n = parseInt(hex.slice(1), 16);
  return [(n >> 16) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255, alpha];
}

type Kind = { colour: Rgba; size: number; cross: boolean; tail: boolean };

/** In the order of painting: colour, share of the radius, whether a cross, whether a tail. */
function kindsOf(colour: Palette): Kind[] {
  return [
    { colour: rgba(colour.still), size: 0.82, cross: false, tail: false },
    { colour: rgba(colour.off), size: 1.25, cross: true, tail: false },
    { colour: rgba(colour.move), size: 1, cross: false, tail: true },
  ];
}

function compile(gl: WebGL2RenderingContext, kind: number, source: string): WebGLShader {
  const shader = gl.createShader(kind)!;
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) throw new Error(gl.getShaderInfoLog(shader) ?? "shader");
  return shader;
}

/** Throws when there is no WebGL 2. Calls `onLost` when the context is gone for good. */
export class DotsGl implements Dots {
  private readonly instances = new Instances();
  private readonly gl: WebGL2RenderingContext;
  private uniforms!: Uniforms;
  private places!: WebGLBuffer;
  private capacity = 0;
  private lost = 0;
  private readonly kinds: Kind[];
  private readonly stale: Rgba;
  private restoring: ReturnType<typeof setTimeout> | null = null;

  constructor(readonly canvas: HTMLCanvasElement, colour: Palette, private readonly redraw: () => void, onLost: () => void) {
    this.kinds = kindsOf(colour);
    this.stale = rgba(colour.still, 0.38);
    const gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true, powerPreference: "low-power" });
    if (!gl) throw new Error("no WebGL 2");
    this.gl = gl;
    this.build();
    canvas.addEventListener("webglcontextlost", (event) => this.onContextLost(event, onLost));
    canvas.addEventListener("webglcontextrestored", () => this.onContextRestored(onLost));
  }

  load(workers: Workers): void {
    this.instances.load(workers);
    if (this.restoring === null) this.upload();
  }

  draw(look: Look, t: number): void {
    const { gl, uniforms } = this, { starts } = this.instances;
    if (this.restoring !== null) return;
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform1f(uniforms.time, t);
    gl.uniform4fv(uniforms.clip, look.to.clip());
    gl.uniform2f(uniforms.pixel, 2 / look.to.width, 2 / look.to.height);
    this.kinds.forEach((kind, i) => this.drawKind(look, kind, starts[i]!, starts[i + 1]! - starts[i]!));
  }

  clear(): void {
    this.gl.clear(this.gl.COLOR_BUFFER_BIT);
  }

  private drawKind(look: Look, kind: Kind, first: number, count: number): void {
    if (count === 0) return;
    const { gl, uniforms } = this;
    gl.uniform1f(uniforms.dot_, look.dot * kind.size);
    gl.uniform1f(uniforms.pad, kind.cross ? look.dot * kind.size * 0.3 + 1 : 1);
    gl.uniform1f(uniforms.tail, kind.tail && !look.stale ? look.tail : 0);
    gl.uniform4fv(uniforms.colour, look.stale ? this.stale : kind.colour);
    gl.uniform1i(uniforms.cross_, kind.cross ? 1 : 0);
    this.point(first);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
  }

  /** Instanced drawing starts at the first instance only, so the attributes are pointed at the group. */
  private point(first: number): void {
    const { gl } = this, bytes = STRIDE * 4, start = first * bytes;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.places);
    gl.vertexAttribPointer(1, 4, gl.FLOAT, false, bytes, start);
    gl.vertexAttribPointer(2, 2, gl.FLOAT, false, bytes, start + 16);
  }

  private upload(): void {
    const { gl } = this, { data, starts } = this.instances, used = data.subarray(0, starts[3]! * STRIDE);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.places);
    if (this.capacity < data.byteLength) gl.bufferData(gl.ARRAY_BUFFER, (this.capacity = data.byteLength), gl.DYNAMIC_DRAW);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, used);
  }

  private build(): void {
    const { gl } = this, program = gl.createProgram()!;
    gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, VERTEX));
    gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, FRAGMENT));
    ["corner", "place", "back"].forEach((name, i) => gl.bindAttribLocation(program, i, name));
    gl.linkProgram(program);
    gl.useProgram(program);
    const names = ["time", "dot_", "tail", "pad", "clip", "pixel", "colour", "cross_"] as const;
    this.uniforms = Object.fromEntries(names.map((name) => [name, gl.getUniformLocation(program, name)])) as Uniforms;
    this.buffers();
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.clearColor(0, 0, 0, 0);
  }

  private buffers(): void {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    this.places = gl.createBuffer()!;
    this.capacity = 0;
    for (const attribute of [1, 2]) {
      gl.enableVertexAttribArray(attribute);
      gl.vertexAttribDivisor(attribute, 1);
    }
  }

  /** Restoring is allowed once in a while; a context that keeps dying is given up. */
  private onContextLost(event: Event, onLost: () => void): void {
    event.preventDefault();
    this.lost++;
    this.restoring = setTimeout(onLost, this.lost > 2 ? 0 : 5000);
  }

  private onContextRestored(onLost: () => void): void {
    if (this.restoring !== null) clearTimeout(this.restoring);
    this.restoring = null;
    try {
      this.build();
      this.upload();
      this.redraw();
    } catch {
      onLost();
    }
  }
}
