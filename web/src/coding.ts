// The keyboard of the coding desk: 1, 2 and 3 choose, Enter sends, `?` shows help. These keys come
// before those of the whole console, so that nobody leaves a half-coded account by mistake.

const HELP = "dialog.coding-help";

/** Whether keys are letters there. */
function isWriting(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !["radio", "checkbox"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Whether Enter already has a meaning there. */
function isPressable(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("a, button, summary, dialog") !== null;
}

/** The place of a digit, also on keyboards whose digits are not European. */
function digit(event: KeyboardEvent): number {
  return Number(/^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1] ?? event.key);
}

/** Does what a key does; says whether it did something. */
function act(page: Document, form: HTMLFormElement, event: KeyboardEvent): boolean {
  const help = page.querySelector<HTMLDialogElement>(HELP);
  if (event.key === "?" || event.key === "؟") {
    help?.showModal();
    return help !== null;
  }
  if (event.key === "Enter") {
    if (isPressable(event.target)) return false;
    form.requestSubmit();
    return true;
  }
  const choices = form.querySelectorAll<HTMLInputElement>("input[type=radio]");
  const choice = event.shiftKey ? undefined : choices[digit(event) - 1];
  if (choice === undefined || choice.disabled) return false;
  choice.click();
  choice.focus();
  return true;
}

/** Listens on a page that has a form for coding. */
export function listenToCoding(page: Document): void {
  const form = page.querySelector<HTMLFormElement>("form.coding");
  if (form === null) return;
  const listen = (event: KeyboardEvent): void => {
    if (event.isComposing || event.repeat || event.altKey || event.metaKey || event.ctrlKey) return;
    if (isWriting(event.target) || page.querySelector("dialog[open]") !== null) return;
    if (!act(page, form, event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  page.addEventListener("keydown", listen, { capture: true });
}
