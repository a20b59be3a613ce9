// SPDX-License-Identifier: GPL-2.0-only
#include "inject/injector.h"

#include <string.h>

const struct injector *const injectors[INJECTORS] = {
	[INJECTOR_GATE] = &injector_gate,
	[INJECTOR_NULL] = &injector_null,
};

void injections_init(struct injection v[INJECTORS], const struct injector_guest *guest)
{
	for (size_t i = 0; i < INJECTORS; i++) {
		const struct injector *k = injectors[i];
		_cleanup_err_ struct err *err = NULL;

		v[i] = (struct injection){ .injector = k };
		if (k->needs_gdb && !guest->gdb)
			err = err_create(ERR_INFRA, "the guest's connection has no gdbstub");
		else
			err = k->create(guest, &v[i].self);
		if (err)
			v[i].lacks = xstrdup(err->message);
	}
}

void injections_deinit(struct injection v[INJECTORS])
{
	for (size_t i = 0; i < INJECTORS; i++) {
		if (v[i].self)
			v[i].injector->destroy(v[i].self);
		free(v[i].lacks);
		v[i] = (struct injection){ 0 };
	}
}

struct injection *injection_find(struct injection v[INJECTORS], const char *name, size_t *call)
{
	for (size_t i = 0; i < INJECTORS; i++)
		for (*call = 0; injectors[i]->calls[*call]; ++*call)
			if (strcmp(injectors[i]->calls[*call], name) == 0)
				return &v[i];
	return NULL;
}

struct err *injection_call(struct injection *in, enum sabotage sabotage, size_t call)
{
	if (sabotage != SABOTAGE_NONE && sabotage == in->injector->sabotage)
		return NULL;
	if (!in->self)
		return err_create(ERR_INFRA, "%s", in->lacks);
	return in->injector->call(in->self, call);
}

int injection_fd(const struct injection *in)
{
	return in->self && in->injector->fd ? in->injector->fd(in->self) : -1;
}

struct err *injection_service(struct injection *in)
{
	return injection_fd(in) < 0 ? NULL : in->injector->service(in->self);
}
