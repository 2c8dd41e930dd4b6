export {fillUniform} from './pcg4d';
