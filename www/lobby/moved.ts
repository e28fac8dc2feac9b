// A former address: leads on to the new one with the query and the place in the page.
export function open() {
  const link = document.querySelector<HTMLAnchorElement>("#moved");
  if (link) location.replace(link.href + location.search + location.hash);
}
