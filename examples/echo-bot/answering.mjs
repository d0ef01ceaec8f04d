/**
 * Answers every text of a conversation exactly once, whenever this process is killed.
 *
 * Nothing is kept for that but the conversation itself. An answer has an id that follows from the id of its question, and to
 * send under an id a second time sends nothing: so every question may be answered again without harm, and whatever
 * looks unanswered is answered. Questions are answered in order; what stands before one that has its answer has one too.
 */
import { createHash } from 'node:crypto';

/** Answers what waits in a conversation now; `answerTo` makes a text of a text. */
export async function answerAll(conversation, answerTo) {
  for (const question of await unanswered(conversation)) {
    // Taken back, a notice, or one that could not be decrypted yet.
    if (question.text === '') continue;
    await conversation.send(await answerTo(question.text), { id: answerId(question.id) });
  }
  if (conversation.snapshot.value.unread > 0) await conversation.markRead();
}

async function unanswered(conversation) {
  for (;;) {
    const { messages, hasEarlier } = conversation.snapshot.value;
    const mine = new Set(messages.filter(({ mine }) => mine).map(({ id }) => id));
    const questions = messages.filter(({ mine }) => !mine);
    const last = questions.findLastIndex(({ id }) => mine.has(answerId(id)));
    if (last >= 0 || !hasEarlier) return questions.slice(last + 1);
    await conversation.loadEarlier();
  }
}

function answerId(questionId) {
  return createHash('sha256').update(`coming-echo-bot answers ${questionId}`).digest('hex').slice(0, 32);
}
