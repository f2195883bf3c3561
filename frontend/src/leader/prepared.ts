/** A notice that the analysis is being prepared: while it stands on the page, the server is asked; then the page comes anew. */

const DOOR = "/prepared", EVERY = 5_000, READY = 204;

async function ask(): Promise<void> {
  const answer = await fetch(DOOR, { credentials: "same-origin" }).catch(() => null);
  if (answer?.status === READY) location.reload();
}

export function awaitPrepared(): { dispose(): void } {
  const asking = setInterval(() => void ask(), EVERY);
  return { dispose: () => clearInterval(asking) };
}
