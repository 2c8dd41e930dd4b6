import {engine, Tensor} from '@tensorflow/tfjs-core';

interface Scope {
  readonly id: number;
  readonly track: readonly Tensor[];
}

/** The part of tfjs-core's engine that this uses. */
interface Engine {
  endScope(result?: unknown): void;
  track(tensor: Tensor): Tensor;
  readonly state: {activeScope: Scope | null; readonly scopeStack: Scope[]};
}

/**
 * Ends a scope that returns one tensor or nothing without searching the result for tensors.
 *
 * Every operation opens a scope, more than a hundred in the training step of a small network. tfjs-core lists the tensors of each result,
 * remembers those visited, and makes a set of their ids, even if the result is a tensor.
 *
 * @returns A function that undoes this, or undefined if tfjs-core has no such scopes.
 */
export function endScopesFast(): (() => void) | undefined {
  const core = engine() as unknown as Engine;
  const {endScope} = core;
  if (typeof endScope !== 'function' || !Array.isArray(core.state?.scopeStack)) return undefined;
  const inherited = !Object.hasOwn(core, 'endScope');
  const end = function (this: Engine, result?: unknown): void {
    const scope = this.state.activeScope;
    const tensor = result instanceof Tensor ? result : undefined;
    if (scope === null || (tensor === undefined && result !== undefined)) {
      endScope.call(this, result);
      return;
    }
    for (let i = 0; i < scope.track.length; i++) {
      const each = scope.track[i]!;
      if (!each.kept && each.id !== tensor?.id) each.dispose();
    }
    this.state.scopeStack.pop();
    this.state.activeScope = this.state.scopeStack.at(-1) ?? null;
    if (tensor !== undefined && !tensor.kept && tensor.scopeId === scope.id) this.track(tensor);
  };
  core.endScope = end;
  return () => {
    if (core.endScope !== end) return;
    if (inherited) delete (core as Partial<Engine>).endScope;
    else core.endScope = endScope;
  };
}
