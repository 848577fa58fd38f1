/* eslint-disable */
// Written by `assay types`. Do not edit: change the prompts, and run it again.
// Makes it a module, which adds to another one instead of replacing it.
export {};

declare module 'promptassay/prompts' {
  interface Prompts {
    "support/triage": {
      vars: { ticket: string };
      output: { queue: "billing" | "bug" | "other" };
    };
  }
}
