/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define DAXRIG_VERSION "0.1"

#endif
