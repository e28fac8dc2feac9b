// Stands before the worker's script where a visit is to be taken apart: notes when what is slow begins and ends in the worker, and tells the
// page with the first frame.
{
  const marks = [];
  const now = () => performance.timeOrigin + performance.now();
  const noted = (name, act, bytes) => {
    const mark = { name, at: now(), end: NaN, bytes };
    marks.push(mark);
    const over = (made) => {
      mark.end = now();
      return made;
    };
    const made = act();
    return made instanceof Promise ? made.then(over) : over(made);
  };
  /** The length of its last list tells which file is loaded. The core's own exports cannot be changed, but what instantiating gives can be. */
  const watched = (instance) => {
    const exports = { ...instance.exports };
    for (const [name, call] of Object.entries(exports)) {
      if (/^(session_|gpu)/.test(name)) exports[name] = (...given) => noted(name, () => call(...given), given.at(-1));
    }
    return { exports };
  };
  for (const name of ["compile", "compileStreaming"]) {
    const act = WebAssembly[name].bind(WebAssembly);
    WebAssembly[name] = (...given) => noted(name, () => act(...given));
  }
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const act = WebAssembly[name].bind(WebAssembly);
    WebAssembly[name] = (...given) =>
      noted(name, () => act(...given)).then((made) =>
        made instanceof WebAssembly.Instance ? watched(made) : { module: made.module, instance: watched(made.instance) },
      );
  }
  const post = globalThis.postMessage.bind(globalThis);
  let told = false;
  globalThis.postMessage = (message, ...rest) => {
    post(message, ...rest);
    if (told || message.type !== "frame") return;
    told = true;
    post({ type: "marks", marks });
  };
  marks.push({ name: "worker begins", at: now(), end: now() });
}
