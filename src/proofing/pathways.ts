import type { Fact, OnFile, OpenStep, Pathway } from './case-state.ts';

/** One step of a pathway. */
export interface StepRule {
  readonly step: OpenStep;
  /** What must be on file before the step may be done. */
  readonly needs: readonly Fact[];
  /** What it puts on file: any one of them completes it. None for the decision. */
  readonly gives: readonly Fact[];
  /** What going back to the step takes off file: its own result and all that rested on it. */
  readonly wipes: readonly Fact[];
  /** Whose turn it is. */
  readonly by: 'applicant' | 'officer' | 'register';
  /** Where the step is not asked for. */
  readonly skippedFor?: (file: OnFile) => boolean;
}

const REGISTER: StepRule = {
  step: 'register',
  needs: ['document'],
  gives: ['register'],
  wipes: ['register'],
  by: 'register',
};

/**
 * The one table of pathways, each in the order in which its steps are met. A face is compared with the document's, and the
 * register is asked about it: another document makes both stale.
 */
export const PATHWAY_STEPS: Readonly<Record<Pathway, readonly StepRule[]>> = {
  chip: [
    {
      step: 'document',
      needs: [],
      gives: ['document'],
      wipes: ['document', 'register', 'portrait'],
      by: 'applicant',
    },
    {
      step: 'portrait',
      needs: ['document'],
      gives: ['portrait'],
      wipes: ['portrait'],
      by: 'applicant',
    },
    REGISTER,
    {
      step: 'review',
      needs: ['document', 'register', 'portrait'],
      gives: [],
      wipes: [],
      by: 'officer',
    },
  ],
  data_page: [
    {
      step: 'document',
      needs: [],
      gives: ['document'],
      wipes: ['document', 'confirmation', 'register', 'portrait', 'code'],
      by: 'applicant',
    },
    {
      step: 'confirmation',
      needs: ['document'],
      gives: ['confirmation'],
      wipes: ['confirmation', 'register', 'portrait', 'code'],
      by: 'applicant',
    },
    {
      step: 'portrait',
      needs: ['document', 'confirmation'],
      gives: ['portrait', 'code'],
      wipes: ['portrait', 'code'],
      by: 'applicant',
    },
    REGISTER,
    {
      step: 'review',
      needs: ['document', 'confirmation', 'register'],
      gives: [],
      wipes: [],
      by: 'officer',
    },
  ],
  counter: [
    {
      step: 'document',
      needs: [],
      gives: ['document'],
      wipes: ['document', 'secondDocument', 'register', 'face', 'sample'],
      by: 'officer',
    },
    {
      step: 'second_document',
      needs: ['document'],
      gives: ['secondDocument'],
      wipes: ['secondDocument'],
      by: 'officer',
      skippedFor: ({ document }) => document?.check === 'chip',
    },
    {
      step: 'face',
      needs: ['document'],
      gives: ['face'],
      wipes: ['face', 'sample'],
      by: 'officer',
    },
    REGISTER,
    {
      step: 'review',
      needs: ['document', 'register', 'face'],
      gives: [],
      wipes: [],
      by: 'officer',
    },
  ],
};

/** The fact from which on the register is asked: what it is asked about is settled then. */
export const REGISTER_ASKED_FROM: Readonly<Record<Pathway, Fact>> = {
  chip: 'document',
  data_page: 'confirmation',
  counter: 'document',
};

/** The rule of a step, or null where the pathway has no such step. */
export function stepRule(pathway: Pathway, step: OpenStep): StepRule | null {
  return PATHWAY_STEPS[pathway].find((rule) => rule.step === step) ?? null;
}

/** The steps of a case with this on file, in order: what it has met and what comes next. */
export function stepsOf(pathway: Pathway, file: OnFile): readonly StepRule[] {
  return PATHWAY_STEPS[pathway].filter((rule) => !rule.skippedFor?.(file));
}
