interface Waiting<Question, Answer> {
  question: Question
  resolve: (answer: Answer | Promise<Answer>) => void
  reject: (error: unknown) => void
}

/**
 * Answers questions in rounds: what arrives while one round is being answered is the next. No timer: whoever comes first is
 * answered at once, and the more come at a time, the fewer rounds there are for each.
 * @param answerAll answers a round, in the order of its questions. If it throws, so does each of them. An answer that takes longer
 * is a promise, which neither the others nor the next round wait for.
 * @param most the most questions of a round, by their weights.
 */
export function together<Question, Answer>(
  answerAll: (questions: Question[]) => Promise<(Answer | Promise<Answer>)[]>,
  most: number,
  weigh: (question: Question) => number = () => 1
): (question: Question) => Promise<Answer> {
  let waiting: Waiting<Question, Answer>[] = []
  let isAnswering = false

  /** The first of those who wait, whatever it weighs, and those after it that fit beside it. */
  function nextRound(): Waiting<Question, Answer>[] {
    let weight = 0
    const end = waiting.findIndex(({ question }, place) => {
      weight += weigh(question)
      return place > 0 && weight > most
    })
    const round = end < 0 ? waiting : waiting.slice(0, end)
    waiting = end < 0 ? [] : waiting.slice(end)
    return round
  }

  async function answerRounds(): Promise<void> {
    isAnswering = true
    while (waiting.length > 0) {
      const round = nextRound()
      try {
        const answers = await answerAll(round.map(({ question }) => question))
        // Each question has its answer; the type can't say so.
        for (const [place, { resolve }] of round.entries()) resolve(answers[place] as Answer)
      } catch (error) {
        for (const { reject } of round) reject(error)
      }
    }
    isAnswering = false
  }

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject })
      if (!isAnswering) void answerRounds()
    })
}
