import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
  WebAuthnError,
} from '@simplewebauthn/browser';

type Message = 'Unsupported' | 'Cancelled' | 'AlreadyRegistered' | 'NoVerification' | 'Failed';

/** Makes or uses a passkey for a form: options from the server, the device's answer into `credential`, then an ordinary post. */
export function start(element: HTMLElement): void {
  const form = element as HTMLFormElement;
  if (!browserSupportsWebAuthn()) {
    show(form, 'Unsupported');
    return;
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run(form, false);
  });
  // The server sends the button disabled: pressed before this moment it would post an empty answer.
  for (const button of buttonsOf(form)) button.disabled = false;
  if (form.dataset.autofill !== undefined)
    void browserSupportsWebAuthnAutofill().then((supported) => {
      if (supported) void run(form, true);
    });
}

async function run(form: HTMLFormElement, autofill: boolean): Promise<void> {
  if (form.dataset.busy !== undefined) return;
  if (!autofill) {
    WebAuthnAbortService.cancelCeremony();
    busy(form, true);
  }
  try {
    const options = await fetchOptions(form);
    const credential =
      form.dataset.passkey === 'register'
        ? await startRegistration({ optionsJSON: options as never })
        : await startAuthentication({
            optionsJSON: options as never,
            useBrowserAutofill: autofill,
          });
    const field = form.elements.namedItem('credential') as HTMLInputElement;
    field.value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    busy(form, false);
    // Nobody asked for the autofill offer, so nobody is told that it went away.
    if (!autofill) show(form, messageOf(error));
  }
}

async function fetchOptions(form: HTMLFormElement): Promise<unknown> {
  const token = (form.elements.namedItem('csrf') as HTMLInputElement | null)?.value ?? '';
  const response = await fetch(form.dataset.optionsUrl ?? '', {
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'x-csrf-token': token,
    },
    body: '{}',
  });
  if (!response.ok) throw new Error(`options answered ${response.status}`);
  return response.json();
}

function messageOf(error: unknown): Message {
  if (error instanceof WebAuthnError) {
    switch (error.code) {
      case 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED':
        return 'AlreadyRegistered';
      case 'ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT':
      case 'ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT':
        return 'NoVerification';
      case 'ERROR_CEREMONY_ABORTED':
        return 'Cancelled';
      default:
    }
  }
  const name = error instanceof Error ? error.name : '';
  return name === 'NotAllowedError' || name === 'AbortError' ? 'Cancelled' : 'Failed';
}

function show(form: HTMLFormElement, message: Message): void {
  const place = form.querySelector<HTMLElement>('[data-passkey-message]');
  if (!place) return;
  place.textContent = form.dataset[`message${message}`] ?? '';
  place.hidden = false;
}

function busy(form: HTMLFormElement, isBusy: boolean): void {
  if (isBusy) form.dataset.busy = '';
  else delete form.dataset.busy;
  for (const button of buttonsOf(form)) button.setAttribute('aria-busy', String(isBusy));
  const status = form.querySelector<HTMLElement>('[data-passkey-status]');
  if (status) {
    status.textContent = form.dataset.messageWaiting ?? '';
    status.hidden = !isBusy;
  }
  const message = form.querySelector<HTMLElement>('[data-passkey-message]');
  if (message && isBusy) message.hidden = true;
}

function buttonsOf(form: HTMLFormElement): HTMLButtonElement[] {
  return [...form.querySelectorAll<HTMLButtonElement>('button[type=submit]')];
}
