// Assembles streamed tool calls. OpenAI numbers them; other servers omit the number, repeat the same one, or omit the id.
import type { ToolCall } from '../../../domain/model/conversation.ts';
import { readCall } from '../read-call.ts';
import { type SentCall, sentCall } from './message.ts';

/** A piece of a call as it arrives. OpenAI's own type promises fields that other servers leave out. */
export interface CallPiece {
  readonly index?: number | null;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: unknown } | null;
  readonly extra_content?: object | null;
}

interface Slot {
  readonly index: number | null;
  id: string;
  name: string;
  json: string;
  extra: object | null;
}

/**
 * @param turnsBefore how many turns the conversation had before this one: generated ids must differ from those of an earlier turn.
 */
export function assembleCalls(pieces: readonly CallPiece[], turnsBefore: number): { calls: ToolCall[]; sent: SentCall[] } {
  const slots: Slot[] = [];
  for (const piece of pieces) {
    const name = piece.function?.name ?? '';
    const slot = slotFor(slots, piece, name) ?? openSlot(slots, piece);
    slot.id ||= piece.id ?? '';
    slot.name ||= name;
    slot.json += argumentsIn(piece);
    slot.extra = piece.extra_content ? { ...slot.extra, ...piece.extra_content } : slot.extra;
  }
  const taken = new Set<string>();
  const made = slots
    .filter((slot) => slot.name !== '')
    .map((slot, position) => {
      const id = slot.id === '' || taken.has(slot.id) ? generatedId(turnsBefore, position) : slot.id;
      taken.add(id);
      const call = readCall(id, slot.name, slot.json);
      return { call, sent: sentCall(call, slot.json, slot.extra) };
    });
  return { calls: made.map(({ call }) => call), sent: made.map(({ sent }) => sent) };
}

/** The call that this piece continues, if any. */
function slotFor(slots: readonly Slot[], { index, id }: CallPiece, name: string): Slot | undefined {
  const open =
    index == null ? (slots.find((slot) => id && slot.id === id) ?? slots.at(-1)) : slots.findLast((s) => s.index === index);
  if (!open || name === '' || open.name === '') return open;
  // A name begins a call, unless the server repeats it with every piece.
  const another = id && open.id ? id !== open.id : index == null || isWhole(open.json);
  return another ? undefined : open;
}

function openSlot(slots: Slot[], { index }: CallPiece): Slot {
  const slot: Slot = { index: index ?? null, id: '', name: '', json: '', extra: null };
  slots.push(slot);
  return slot;
}

/** Some servers send the arguments already parsed. */
export function argumentsIn(piece: CallPiece): string {
  const given = piece.function?.arguments;
  if (typeof given === 'string') return given;
  return given == null ? '' : JSON.stringify(given);
}

function isWhole(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}

/** Nine letters and digits: Mistral's models refuse any other form. */
const generatedId = (turnsBefore: number, position: number): string =>
  `c${String(turnsBefore % 10_000).padStart(4, '0')}${String(position).padStart(4, '0')}`;
