namespace OrleansVectors.Faults.Rest;

/// <summary>One request.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, without a slash before it.</param>
/// <param name="Body">JSON, or null.</param>
internal readonly record struct Request(string Method, string Path, string? Body = null);
