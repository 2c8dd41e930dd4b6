import {gateLogitsGradient, gateMixture, gateMixtureGradient} from '../../kernels/index.js';
import type {Rule} from './Estimator.js';

/** Gates as the coefficients of their mixture, by the weights that the rule gives to the sixteen. */
export function asGates(rule: Rule): Rule {
  return {
    ...rule,
    forward: (logits, temperatures, key) => {
      const {value, ...rest} = rule.forward(logits, temperatures, key);
      return {value: gateMixture(value), ...rest};
    },
    backward: (dy, context) => {
      if (rule.jacobianAt === undefined) return rule.backward(gateMixtureGradient(dy), context);
      const temperature = context.temperatures.backward;
      return gateLogitsGradient({sums: dy, logits: rule.jacobianAt(context)}, {temperature});
    },
  };
}
