import '@baton/design/tokens.css';
import { memoryStorage } from '@baton/client';
import { render } from 'preact';
import { ChatApp } from '../chat/chat-app.tsx';
import { readSettings } from '../settings.ts';
import { mount, prepare } from './start.ts';
import { ownStorage } from './storage.ts';

/** The full page. */
const settings = readSettings(location.hash, navigator.languages, false);
render(<ChatApp {...(await prepare(settings, ownStorage() ?? memoryStorage()))} />, mount());
