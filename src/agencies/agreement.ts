import type { RowId } from '../lib/ids.ts';
import type { BothLanguages } from './service.ts';

/** What a service may fetch from another agency's resource on behalf of its own users (token exchange, RFC 8693). */
export interface Agreement {
  id: RowId;
  serviceId: string;
  /** Identifier of the resource. */
  resource: string;
  /** At most these. */
  scopes: string[];
  purpose: BothLanguages;
  /**
   * `law`: a provision allows it, and the person is told. `consent`: the person must have agreed to these scopes of
   * the resource at the service that they signed in to.
   */
  legalBasis: 'law' | 'consent';
  /** The provision, where the basis is law. */
  legalReference: string | null;
  validFrom: Date;
  validUntil: Date;
}
