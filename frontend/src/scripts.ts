/** Scripts that a page asks for itself. */

/** Have a script run; rejects with `E-NET` where it cannot be had. */
export function run(src: string): Promise<void> {
  const script = document.createElement("script");
  return new Promise((resolve, reject) => {
    script.onload = () => resolve();
    script.onerror = () => { script.remove(); reject(new Error("E-NET")); };
    script.src = src;
    document.head.append(script);
  });
}

/** Have the browser fetch a script that will be needed, after all that is needed now: it waits there, unread. */
export function foresee(href: string): void {
  const link = document.createElement("link");
  Object.assign(link, { rel: "preload", as: "script", fetchPriority: "low", href });
  document.head.append(link);
}
