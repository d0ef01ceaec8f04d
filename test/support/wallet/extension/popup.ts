/**
 * The bare popup: one article per request, with what is asked and the buttons that answer it.
 *
 * It decides nothing: all requests come from the extension's background, and all answers go to it.
 *
 * @module
 */
import type {
  AuthorizeRequest,
  MetadataRequest,
  SigningRequest,
} from '@polkadot/extension-base/background/types';
import { ask } from './ask.js';
import { describeAccess, describeMetadata, describeSigning, isTransaction, type Shown } from './describe.js';

interface Prompt {
  readonly id: string;
  readonly kind: 'access' | 'metadata' | 'text' | 'transaction';
  readonly shown: Shown;
  /** Asked for before it is approved. */
  readonly fields?: readonly HTMLElement[];
  /** Label of the button -> what it does. */
  readonly answers: Readonly<Record<string, () => Promise<unknown>>>;
}

/** A service worker that hears nothing for 30 seconds is ended, ms. */
const KEEP_ALIVE = 10_000;

Object.assign(window, { ask });
void ask('pri(authorize.requests)', null, (requests) => show('access', requests.map(access)));
void ask('pri(metadata.requests)', null, (requests) => show('metadata', requests.map(metadata)));
void ask('pri(signing.requests)', null, (requests) => show('signing', requests.map(signing)));
setInterval(() => void ask('pri(ping)', null), KEEP_ALIVE);

const latest: Record<string, unknown> = {};

/** Replaces a section, unless a later list of requests overtook this one. */
async function show(section: string, coming: readonly Promise<Prompt>[]): Promise<void> {
  latest[section] = coming;
  const prompts = await Promise.all(coming);
  if (latest[section] === coming) document.getElementById(section)!.replaceChildren(...prompts.map(article));
}

async function access(request: AuthorizeRequest): Promise<Prompt> {
  const { id } = request;
  const accounts = await accountList();
  const boxes = accounts.map(({ address, name }) => input('checkbox', name ?? '', address));
  const chosen = () => boxes.map(({ control }) => control).filter(({ checked }) => checked);
  return {
    id,
    kind: 'access',
    shown: describeAccess(request),
    fields: boxes.map(({ label }) => label),
    answers: {
      Approve: () =>
        ask('pri(authorize.approve)', { id, authorizedAccounts: chosen().map(({ value }) => value) }),
      Refuse: () => ask('pri(authorize.cancel)', id),
      'Refuse for good': () => ask('pri(authorize.reject)', id),
    },
  };
}

async function metadata(request: MetadataRequest): Promise<Prompt> {
  const { id } = request;
  return {
    id,
    kind: 'metadata',
    shown: describeMetadata(request),
    answers: {
      Approve: () => ask('pri(metadata.approve)', { id }),
      Refuse: () => ask('pri(metadata.reject)', { id }),
    },
  };
}

async function signing(request: SigningRequest): Promise<Prompt> {
  const { id } = request;
  const { payload } = request.request;
  const definition = 'genesisHash' in payload ? await ask('pri(metadata.get)', payload.genesisHash) : null;
  // Remembered for the extension's fifteen minutes: unlocking is made to take long.
  const { label, control } = input('password', 'Password');
  return {
    id,
    kind: isTransaction(request.request) ? 'transaction' : 'text',
    shown: describeSigning(request, definition),
    fields: [label],
    answers: {
      Approve: () => ask('pri(signing.approve.password)', { id, password: control.value, savePass: true }),
      Refuse: () => ask('pri(signing.cancel)', { id }),
    },
  };
}

function accountList(): Promise<{ address: string; name?: string }[]> {
  return new Promise((resolve) => void ask('pri(accounts.subscribe)', null, resolve));
}

function article({ id, kind, shown, fields = [], answers }: Prompt): HTMLElement {
  const list = element('dl');
  for (const [label, value] of Object.entries(shown)) {
    list.append(element('dt', label), element('dd', value));
  }
  const buttons = Object.entries(answers).map(([label, answer]) => {
    const button = element('button', label);
    button.addEventListener('click', () => {
      answer().catch((error: Error) => {
        document.querySelector('[role=alert]')!.textContent = error.message;
      });
    });
    return button;
  });
  const whole = element('article');
  Object.assign(whole.dataset, { kind, request: id });
  whole.append(list, ...fields, ...buttons);
  return whole;
}

function input(type: string, text: string, value = ''): { label: HTMLElement; control: HTMLInputElement } {
  const control = Object.assign(document.createElement('input'), { type, value });
  const label = element('label', text);
  label.append(control);
  return { label, control };
}

function element(name: string, text = ''): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
