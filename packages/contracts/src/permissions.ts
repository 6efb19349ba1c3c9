import type { catalogue } from './catalogue.ts';
import type { ClientEventName } from './sockets/events.ts';
import type { Permission } from './workspace/roles.ts';

/**
 * Whose things may be touched. own: the caller's. assigned: of the chats, those assigned to the caller. offered: these,
 * those that wait, and the ended ones that the caller had last [S1]. any: everybody's.
 */
export type Touches = 'own' | 'assigned' | 'offered' | 'any';

/** Who may use one event, route or endpoint. Whom it does not name may not. */
export interface Rule {
  /** Anybody, logged in or not. */
  anyone?: true;
  /** A customer, with the customer's own chats. */
  customer?: 'own';
  /** An account or an API key that has the permission; any account when none is named. */
  account?: { permission?: Permission; touches: Touches };
  /** A service of Baton for itself, as a reconciler or the bot. */
  system?: true;
}

type Service = (typeof catalogue.services)[number];
/** `session.append`, of every service. */
export type EndpointName = {
  [Api in Service as Api['name']]: `${Api['name']}.${keyof Api['endpoints'] & string}`;
}[Service['name']];
export type RouteName = keyof typeof catalogue.http;

const anyone: Rule = { anyone: true };
const customer: Rule = { customer: 'own' };
const system: Rule = { system: true };
const may = (permission: Permission, touches: Touches): Rule => ({ account: { permission, touches } });
/** Of the account itself, whatever its role. */
const self: Rule = { account: { touches: 'own' } };
const answering = may('chats:answer', 'assigned');

/** What each client event needs. A new event without a row does not compile. */
const eventRules: Record<ClientEventName, Rule> = {
  'customer:start_chat': anyone,
  'customer:resume_chat': customer,
  'customer:send_message': customer,
  'customer:list_entries': customer,
  'customer:end_chat': customer,
  'customer:request_agent': customer,
  'customer:cancel_request': customer,
  'customer:rate_chat': customer,
  'customer:identify': anyone,
  'customer:list_chats': customer,
  typing: { ...customer, ...answering },
  seen: { ...customer, ...answering },
  'agent:join': may('chats:answer', 'own'),
  'agent:resume': may('chats:answer', 'own'),
  'agent:set_status': may('chats:answer', 'own'),
  'agent:pickup_session': may('chats:answer', 'offered'),
  'agent:send_message': answering,
  'agent:close_session': answering,
  'agent:release_session': answering,
  'agent:add_note': answering,
  'agent:list_colleagues': may('agents:read', 'any'),
  'agent:list_waiting': may('queue:read', 'any'),
  'agent:list_entries': may('chats:answer', 'offered'),
  'agent:view_session': may('chats:answer', 'offered'),
  'agent:list_ended': may('chats:answer', 'own'),
  'admin:get_stats': may('statistics:read', 'any'),
  'admin:debug_queue': may('system:read', 'any'),
  'admin:list_agents': may('agents:read', 'any'),
  'admin:list_waiting': may('queue:read', 'any'),
  'admin:health_check': may('system:read', 'any'),
  'admin:clear_queue': may('queue:manage', 'any'),
};

/** What each HTTP route of the gateway needs. */
const routeRules: Record<RouteName, Rule> = {
  'GET /health': anyone,
  'GET /health on PORT, in production': anyone,
  'GET /api/info': anyone,
};

/** What the one on whose behalf an endpoint is asked needs. */
const endpointRules: Record<EndpointName, Rule> = {
  'session.create': { ...customer, ...system },
  'session.identify': { ...customer, ...system },
  'session.listCustomerSessions': { ...customer, ...system },
  'session.get': { ...customer, ...may('chats:answer', 'offered'), ...system },
  'session.getMany': { ...may('chats:answer', 'offered'), ...system },
  'session.heads': system,
  'session.cleanup': system,
  'session.append': { ...customer, ...answering, ...system },
  'session.appendMany': { ...customer, ...answering, ...system },
  'session.listEntries': { ...customer, ...may('chats:answer', 'offered'), ...system },
  'session.getWithEntries': { ...may('chats:answer', 'offered'), ...system },
  'session.countEntries': { ...may('chats:answer', 'offered'), ...system },
  'session.changeStatus': { ...may('chats:manage', 'any'), ...system },
  'session.close': { ...customer, ...answering, ...system },
  'session.transfer': { ...customer, ...system },
  'session.cancelTransfer': { ...customer, ...system },
  'session.clearWaiting': may('queue:manage', 'any'),
  'session.assign': { ...may('chats:answer', 'offered'), ...system },
  'session.release': { ...answering, ...system },
  'session.releaseAgent': { ...may('agents:manage', 'any'), ...system },
  'session.listWaiting': { ...may('system:read', 'any'), ...system },
  'session.createAgent': may('chats:answer', 'own'),
  'session.getAgent': { ...may('chats:answer', 'own'), ...system },
  'session.updateAgent': { ...may('chats:answer', 'own'), ...system },
  'session.removeAgent': { ...may('agents:manage', 'any'), ...system },
  'session.listAgents': { ...may('agents:read', 'any'), ...system },
  'session.availableAgent': system,
  'session.listAgentSessions': { ...may('chats:answer', 'own'), ...system },
  'session.listAssignments': system,
  'session.listEndedSessions': may('chats:answer', 'own'),
  'session.beginTurn': system,
  'session.endTurn': system,
  'session.listUnanswered': system,
  'session.takeModelCall': system,
  'session.addNote': answering,
  'session.rate': customer,
  'session.stats': { ...may('statistics:read', 'any'), ...system },
  'session.handlingTimes': system,
  'session.health': anyone,
  'queue.add': { ...customer, ...system },
  'queue.claim': may('chats:answer', 'offered'),
  'queue.next': may('queue:read', 'any'),
  'queue.remove': system,
  'queue.position': { ...customer, ...may('queue:read', 'any') },
  'queue.length': may('queue:read', 'any'),
  'queue.list': may('queue:read', 'any'),
  'queue.clear': may('queue:manage', 'any'),
  'queue.stats': may('statistics:read', 'any'),
  'queue.presence': system,
  'queue.debug': may('system:read', 'any'),
  'queue.health': anyone,
  'ai.poke': system,
  'ai.tools': system,
  'ai.writePoem': system,
  'ai.generateGreeting': system,
  'ai.generateResponse': system,
  'ai.model': { ...may('system:read', 'any'), ...system },
  'ai.health': anyone,
  'gateway.connections': system,
  'gateway.health': anyone,
  'workspace.createInvitation': may('accounts:manage', 'any'),
  'workspace.listInvitations': may('accounts:manage', 'any'),
  'workspace.revokeInvitation': may('accounts:manage', 'any'),
  'workspace.readLink': anyone,
  'workspace.acceptInvitation': anyone,
  'workspace.getAccount': self,
  'workspace.updateAccount': self,
  'workspace.changePassword': self,
  'workspace.createResetLink': may('accounts:manage', 'any'),
  'workspace.resetPassword': anyone,
  'workspace.listAccounts': may('accounts:read', 'any'),
  'workspace.setAccountStatus': may('accounts:manage', 'any'),
  'workspace.removeAccount': may('accounts:manage', 'any'),
  'workspace.login': anyone,
  'workspace.finishLogin': anyone,
  'workspace.authenticate': system,
  'workspace.listLogins': self,
  'workspace.logout': self,
  'workspace.logoutAll': self,
  'workspace.beginTotp': self,
  'workspace.confirmTotp': self,
  'workspace.removeTotp': self,
  'workspace.renewRecoveryCodes': self,
  'workspace.revokedSince': system,
  'workspace.listProviders': anyone,
  'workspace.beginProviderLogin': anyone,
  'workspace.finishProviderLogin': anyone,
  'workspace.providerLogout': anyone,
  'workspace.listRoles': may('accounts:read', 'any'),
  'workspace.createRole': may('roles:manage', 'any'),
  'workspace.updateRole': may('roles:manage', 'any'),
  'workspace.removeRole': may('roles:manage', 'any'),
  'workspace.assignRole': may('accounts:manage', 'any'),
  'workspace.createKey': may('keys:manage', 'any'),
  'workspace.listKeys': may('keys:manage', 'any'),
  'workspace.revokeKey': may('keys:manage', 'any'),
  'workspace.listAudit': may('audit:read', 'any'),
  'workspace.health': anyone,
};

/** Who may use what: every event, route and endpoint. */
export const permissionRules = { events: eventRules, routes: routeRules, endpoints: endpointRules };
