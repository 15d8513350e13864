using System.Text.Json;

namespace OrleansVectors.Faults.Rest;

/// <summary>What the server answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The envelope.</param>
internal readonly record struct Answer(int Status, JsonElement Body)
{
    public bool IsOk => Status == 200;

    /// <summary>What was asked for; only of an answer that is ok.</summary>
    public JsonElement Result => Body.GetProperty("result");

    /// <summary>The text of a refusal.</summary>
    public string Error => Body.TryGetProperty("status", out JsonElement status) && status.ValueKind == JsonValueKind.Object
        ? status.GetProperty("error").GetString()!
        : Body.GetRawText();

    public override string ToString() => IsOk ? "200" : $"{Status} {Error}";
}
