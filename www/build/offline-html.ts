// The page that takes exhibits offline: lobby/offline.ts lists them.
import { html } from "lit/html.js";
import { THEME } from "./theme";

export const offlinePage = () => html`
<a class="skip" href="#take">To the exhibits</a>
<header class="bar"><a class="home" href="index.html">‹ Glimpse</a><h1>Take it offline</h1><span class="tools">${THEME}</span></header>
<main class="prose">
<p>Choose what you need in a room without a network. This browser keeps it on this device, and the pages open there as they do here, tomorrow, too.</p>
<div id="take"></div>
<p id="told" role="status"></p>
</main>
<footer><p><a href="index.html">The lecture</a> · <a href="teachers.html">for teachers</a> · <a href="data.html">data and terms</a></p></footer>`;
