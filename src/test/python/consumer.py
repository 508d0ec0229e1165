import os
import zlib

import torch

from tensors import HERE, f64, save

CONSUMER = os.path.normpath(os.path.join(HERE, "..", "..", "it", "consumer", "src", "test", "resources"))


def write_consumer_case():
    """The recurrent layers alone, between somebody else's input transform and loss (src/it/consumer):

    u = raw Mᵀ, (h, h_n) = nn.RNN(u, h0), loss = Σ cos(h) + Σ h_n²
    """
    T, B, R, I, H, L = 11, 3, 4, 5, 17, 2
    torch.manual_seed(zlib.crc32(b"consumer"))
    # Drawn as float32, so that the reader starts from the same numbers.
    draw = lambda *shape: torch.randn(*shape, dtype=torch.float32).double().requires_grad_()
    rnn = torch.nn.RNN(I, H, L)
    with torch.no_grad():
        for p in rnn.parameters():
            p.copy_(p.float().double())
    raw, m, h0 = draw(T, B, R), draw(I, R), draw(L, B, H)
    u = raw @ m.T
    u.retain_grad()
    h, h_n = rnn(u, h0)
    loss = torch.cos(h).sum() + (h_n ** 2).sum()
    loss.backward()
    weights = {"rnn." + k: v.detach().float().numpy() for k, v in rnn.named_parameters()}
    save("weights.safetensors", weights, {"cell": "tanh", "layers": L, "input_size": I, "hidden_size": H,
                                          "output_size": 0, "bidirectional": "false"}, CONSUMER)
    tensors = {"raw": raw.detach().float().numpy(), "transform": m.detach().float().numpy(),
               "h0": h0.detach().float().numpy()}
    for name, value in (("h", h), ("h_n", h_n), ("grad.u", u.grad), ("grad.raw", raw.grad),
                        ("grad.transform", m.grad), ("grad.h0", h0.grad), ("loss", loss.reshape(1))):
        tensors[name] = f64(value)
    for k, v in rnn.named_parameters():
        tensors["grad.rnn." + k] = f64(v.grad)
    save("case.safetensors", tensors, None, CONSUMER)

