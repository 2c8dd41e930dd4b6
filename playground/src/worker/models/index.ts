import type {ModelKind} from '../../state/settings.js';
import {autoencoder} from './autoencoder.js';
import {binary} from './binary.js';
import {gates} from './gates.js';
import type {Network} from './Network.js';

export type {Network} from './Network.js';

/** By the name that settings have. */
export const NETWORKS: Readonly<Record<ModelKind, Network>> = {gates, binary, autoencoder};
