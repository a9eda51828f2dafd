"""A registry of AnonCreds in a directory, in the place of a ledger: a plugin of ACA-Py for identifiers that begin with did:file:."""

import json
import os
import re
import time
from hashlib import sha256
from pathlib import Path

from acapy_agent.anoncreds.base import AnonCredsObjectNotFound, BaseAnonCredsRegistrar, BaseAnonCredsResolver
from acapy_agent.anoncreds.models.credential_definition import CredDef, CredDefResult, CredDefState, GetCredDefResult
from acapy_agent.anoncreds.models.revocation import (
    GetRevListResult,
    GetRevRegDefResult,
    RevList,
    RevListResult,
    RevListState,
    RevRegDef,
    RevRegDefResult,
    RevRegDefState,
)
from acapy_agent.anoncreds.models.schema import AnonCredsSchema, GetSchemaResult, SchemaResult, SchemaState
from acapy_agent.anoncreds.models.schema_info import AnonCredsSchemaInfo
from acapy_agent.anoncreds.registry import AnonCredsRegistry

LEDGER = Path("/ledger")


def write(name, value):
    temporary = LEDGER / f".{os.getpid()}-{time.time_ns()}"
    temporary.write_text(json.dumps(value.serialize()))
    temporary.replace(LEDGER / sha256(name.encode()).hexdigest())


def read(name, model):
    try:
        return model.deserialize(json.loads((LEDGER / sha256(name.encode()).hexdigest()).read_text()))
    except FileNotFoundError as error:
        raise AnonCredsObjectNotFound(name) from error


def lists(registry):
    """The lists that were published, oldest first."""
    number = 0
    while True:
        try:
            yield read(f"{registry}/{number}", RevList)
        except AnonCredsObjectNotFound:
            return
        number += 1


class FileRegistry(BaseAnonCredsResolver, BaseAnonCredsRegistrar):
    supported_identifiers_regex = re.compile("^did:file:")

    async def setup(self, context):
        pass

    async def get_schema(self, profile, schema_id):
        return GetSchemaResult(read(schema_id, AnonCredsSchema), schema_id, {}, {})

    async def get_schema_info_by_id(self, profile, schema_id):
        schema = read(schema_id, AnonCredsSchema)
        return AnonCredsSchemaInfo(schema.issuer_id, schema.name, schema.version)

    async def register_schema(self, profile, schema, options=None):
        name = f"{schema.issuer_id}/schema/{schema.name}/{schema.version}"
        write(name, schema)
        return SchemaResult(None, SchemaState(SchemaState.STATE_FINISHED, name, schema), {}, {})

    async def get_credential_definition(self, profile, credential_definition_id):
        found = read(credential_definition_id, CredDef)
        return GetCredDefResult(credential_definition_id, found, {}, {})

    async def register_credential_definition(self, profile, schema, credential_definition, options=None):
        name = f"{credential_definition.issuer_id}/definition/{credential_definition.tag}"
        write(name, credential_definition)
        state = CredDefState(CredDefState.STATE_FINISHED, name, credential_definition)
        return CredDefResult(None, state, {}, {})

    async def get_revocation_registry_definition(self, profile, revocation_registry_id):
        found = read(revocation_registry_id, RevRegDef)
        return GetRevRegDefResult(found, revocation_registry_id, {}, {})

    async def register_revocation_registry_definition(self, profile, revocation_registry_definition, options=None):
        found = revocation_registry_definition
        name = f"{found.cred_def_id}/registry/{found.tag}"
        write(name, found)
        return RevRegDefResult(None, RevRegDefState(RevRegDefState.STATE_FINISHED, name, found), {}, {})

    async def get_revocation_list(self, profile, revocation_registry_id, timestamp_from=0, timestamp_to=None):
        until = timestamp_to or time.time()
        found = [one for one in lists(revocation_registry_id) if one.timestamp <= until]
        if not found:
            raise AnonCredsObjectNotFound(revocation_registry_id)
        return GetRevListResult(found[-1], {}, {})

    async def register_revocation_list(self, profile, rev_reg_def, rev_list, options=None):
        rev_list.timestamp = int(time.time())
        write(f"{rev_list.rev_reg_def_id}/{len(list(lists(rev_list.rev_reg_def_id)))}", rev_list)
        return RevListResult(None, RevListState(RevListState.STATE_FINISHED, rev_list), {}, {})

    async def update_revocation_list(self, profile, rev_reg_def, prev_list, curr_list, revoked, options=None):
        return await self.register_revocation_list(profile, rev_reg_def, curr_list, options)


async def setup(context):
    context.inject(AnonCredsRegistry).register(FileRegistry())
