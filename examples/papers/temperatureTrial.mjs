// Worker threads do not inherit the loader that runs TypeScript.
import {register} from 'tsx/esm/api';

register();
const {runTrial} = await import('./trial.ts');
export default runTrial;
