/* SPDX-License-Identifier: GPL-2.0-only */
#include "mounted.c"

/* A pin holds pages of the device: if it is free, they are soon somebody else's. */
static void check_device(const char *pin)
{
	if (access(folder, F_OK) && device_is_free())
		fail("umount came back, and the device beneath pin '%s' is free", pin);
}
