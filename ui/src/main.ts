import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "./styles/tokens.css";
import "./styles/base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { connect } from "./ipc/connect";

async function open(): Promise<void> {
  await connect();
  const target = document.getElementById("app");
  if (target) mount(App, { target });
}

void open();
