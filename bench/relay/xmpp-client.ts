/**
 * XMPP with stream management (RFC 6120, XEP-0198), as much of it as the comparison needs: the server acknowledges
 * what it took when it is asked after each batch, and so does the receiver when the server asks.
 *
 * @module
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Inbox, Outbox, payloadOf, type Client } from './client.js';

const SM = 'urn:xmpp:sm:3';
const ASK = Buffer.from(`<r xmlns='${SM}'/>`);
/** Bytes of the payload, and characters of its base64, that hold the stamp. */
const STAMP = 9;
const STAMP_TEXT = 12;
const NAME_ENDS = /[ />]/;

export class XmppClient implements Client {
  onMessage: (stamp: number) => void = () => {};
  #socket!: Socket;
  #outbox!: Outbox;
  /** Stanzas that came since stream management was enabled. */
  #received = 0;
  /** Of those sent: how many the server has acknowledged, and who waits for the others. */
  #acknowledged = 0;
  #waiting: (() => void)[] = [];
  #isLive = false;
  #next: ((element: string) => void) | undefined;

  constructor(
    private readonly port: number,
    private readonly name: string,
    private readonly host: string,
  ) {}

  /** Registers the account (XEP-0077), and connects. */
  async enrol(): Promise<void> {
    await this.#open();
    const fields = `<username>${this.name}</username><password>secret</password>`;
    await this.#ask(
      `<iq type='set' id='r'><query xmlns='jabber:iq:register'>${fields}</query></iq>`,
      "type='result'",
    );
    await this.disconnect();
    await this.connect();
  }

  connect(): Promise<void> {
    return this.#logIn('PLAIN', Buffer.from(`\0${this.name}\0secret`).toString('base64'));
  }

  /** Without an account. */
  connectAnonymously(): Promise<void> {
    return this.#logIn('ANONYMOUS', '');
  }

  async disconnect(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.end('</stream:stream>');
    await closed;
  }

  send(to: Client, stamp: number): Promise<void> {
    const { name, host } = to as XmppClient;
    const start = Buffer.alloc(STAMP, 7);
    start.writeDoubleBE(stamp);
    const body = start.toString('base64') + REST;
    this.#outbox.write(
      Buffer.from(`<message to='${name}@${host}' type='chat'><body>${body}</body></message>`, 'latin1'),
    );
    this.#outbox.writeLast(ASK);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async #open(): Promise<void> {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    this.#outbox = new Outbox(socket);
    this.#isLive = false;
    this.#waiting = [];
    socket.on('error', () => {});
    await once(socket, 'connect');
    const inbox = new Inbox();
    socket.on('data', (data: Buffer) => inbox.push(data, (bytes) => this.#take(bytes)));
    await this.#ask(this.#header(), '<stream:features');
  }

  async #logIn(mechanism: string, text: string): Promise<void> {
    await this.#open();
    await this.#ask(
      `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='${mechanism}'>${text}</auth>`,
      '<success',
    );
    await this.#ask(this.#header(), '<stream:features');
    await this.#ask(
      "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>",
      "type='result'",
    );
    await this.#ask(`<enable xmlns='${SM}'/>`, '<enabled');
    this.#isLive = true;
    this.#received = 0;
    // The presence counts.
    this.#acknowledged = 0;
    this.#waiting = [() => undefined];
    this.#outbox.write(Buffer.from('<presence/>'));
  }

  #header(): string {
    return `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${this.host}' version='1.0'>`;
  }

  /** Writes something and waits for one element, which must hold a text. */
  async #ask(written: string, expected: string): Promise<void> {
    const answer = new Promise<string>((resolve) => (this.#next = resolve));
    this.#outbox.write(Buffer.from(written));
    const element = await answer;
    if (!element.replaceAll('"', "'").includes(expected)) throw new Error(`the server answered ${element}`);
  }

  /** One element; none of a stream's holds another of its own name. */
  #take(bytes: Buffer): number {
    const head = bytes.indexOf('>');
    if (head < 0) return 0;
    const first = bytes.toString('latin1', 0, Math.min(head, 32));
    if (first.startsWith('<?xml') || first.startsWith('<stream:stream')) return head + 1;
    let end = head + 1;
    if (bytes[head - 1] !== 0x2f) {
      const name = first.slice(1, 1 + `${first.slice(1)} `.search(NAME_ENDS));
      const close = bytes.indexOf(`</${name}>`, head);
      if (close < 0) return 0;
      end = close + name.length + 3;
    }
    if (this.#isLive) this.#handle(bytes.subarray(0, end));
    else if (!first.startsWith('</')) this.#next?.(bytes.toString('latin1', 0, end));
    return end;
  }

  #handle(element: Buffer): void {
    if (element[1] === 0x61) this.#settle(Number(/h=['"](\d+)/.exec(element.toString('latin1'))![1]));
    else if (element[1] === 0x72) this.#outbox.write(Buffer.from(`<a xmlns='${SM}' h='${this.#received}'/>`));
    else {
      this.#received += 1;
      const body = element.indexOf('<body>');
      if (element[1] !== 0x6d || body < 0) return;
      const start = Buffer.from(element.toString('latin1', body + 6, body + 6 + STAMP_TEXT), 'base64');
      this.onMessage(start.readDoubleBE(0));
    }
  }

  #settle(upTo: number): void {
    const done = this.#waiting.splice(0, upTo - this.#acknowledged);
    this.#acknowledged = upTo;
    for (const resolve of done) resolve();
  }
}

const REST = payloadOf(0).subarray(STAMP).toString('base64');
