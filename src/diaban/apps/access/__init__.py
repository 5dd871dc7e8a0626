"""The Django side of `core.policy`: what a route asks for, who may pass, and how a refusal is said."""
