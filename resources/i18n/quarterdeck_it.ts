<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="it" sourcelanguage="en">
    <context>
        <name>About</name>
        <message>
            <source>A position desk for Bybit. Free software under the GNU GPL, version 3 or later.</source>
            <translation>Un desk di posizioni per Bybit. Software libero sotto la GNU GPL, versione 3 o successiva.</translation>
        </message>
        <message>
            <source>About Quarterdeck</source>
            <translation>Informazioni su Quarterdeck</translation>
        </message>
        <message>
            <source>It never updates itself. How to check a release: docs/security.md, “Checking a release”.</source>
            <translation>Non si aggiorna mai da sé. Come verificare una versione: docs/security.md, “Checking a release”.</translation>
        </message>
        <message>
            <source>Parts</source>
            <translation>Componenti</translation>
        </message>
        <message>
            <source>The desk's licence</source>
            <translation>La licenza del desk</translation>
        </message>
        <message>
            <source>The font's licence</source>
            <translation>La licenza del carattere</translation>
        </message>
        <message>
            <source>Versions and licences</source>
            <translation>Versioni e licenze</translation>
        </message>
        <message>
            <source>What to read</source>
            <translation>Che cosa leggere</translation>
        </message>
        <message>
            <source>{path} cannot be read</source>
            <translation>Non è possibile leggere {path}</translation>
        </message>
    </context>
    <context>
        <name>Announce</name>
        <message>
            <source>A command is refused, or its outcome unknown</source>
            <translation>Un comando è rifiutato, o il suo esito è ignoto</translation>
        </message>
        <message>
            <source>A guard goes off, a key expires, or the disk fails</source>
            <translation>Una guardia scatta, una chiave scade o il disco cede</translation>
        </message>
        <message>
            <source>A liquidation or auto-deleveraging</source>
            <translation>Una liquidazione o un auto-deleveraging</translation>
        </message>
        <message>
            <source>A partial exit</source>
            <translation>Un'uscita parziale</translation>
        </message>
        <message>
            <source>A position was closed</source>
            <translation>Una posizione è stata chiusa</translation>
        </message>
        <message>
            <source>A position was opened</source>
            <translation>Una posizione è stata aperta</translation>
        </message>
        <message>
            <source>Closed</source>
            <translation>Chiusa</translation>
        </message>
        <message>
            <source>Closed ({reason})</source>
            <translation>Chiusa ({reason})</translation>
        </message>
        <message>
            <source>Closed by its stop loss, take profit or trailing stop</source>
            <translation>Chiusa da stop loss, take profit o trailing stop</translation>
        </message>
        <message>
            <source>Opened, {side}</source>
            <translation>Aperta, {side}</translation>
        </message>
        <message>
            <source>Partial exit ({reason})</source>
            <translation>Uscita parziale ({reason})</translation>
        </message>
        <message>
            <source>The connection is lost, or the key refused</source>
            <translation>La connessione è persa, o la chiave rifiutata</translation>
        </message>
        <message>
            <source>The desk and Bybit disagreed</source>
            <translation>Il desk e Bybit non concordavano</translation>
        </message>
        <message>
            <source>This is how the desk calls you.</source>
            <translation>Così il desk ti chiama.</translation>
        </message>
        <message>
            <source>This system takes no notifications; the entry in the task bar calls instead</source>
            <translation>Questo sistema non accetta notifiche; chiama invece la voce nella barra delle applicazioni</translation>
        </message>
        <message>
            <source>Today's loss has reached its limit</source>
            <translation>La perdita di oggi ha raggiunto il limite</translation>
        </message>
        <message>
            <source>Turned around: now {side}</source>
            <translation>Invertita: ora {side}</translation>
        </message>
        <message>
            <source>by a bot</source>
            <translation>da un bot</translation>
        </message>
        <message>
            <source>{kind}: carried out late, on a position opened since</source>
            <translation>{kind}: eseguito in ritardo, su una posizione aperta nel frattempo</translation>
        </message>
        <message>
            <source>{n} more</source>
            <translation>altri {n}</translation>
        </message>
    </context>
    <context>
        <name>Audit</name>
        <message>
            <source>The audit trail is whole: {n} lines.</source>
            <translation>Il registro di controllo è integro: {n} righe.</translation>
        </message>
        <message>
            <source>The audit trail was CHANGED: line {row} does not fit; {n} lines before it do.</source>
            <translation>Il registro di controllo è stato MODIFICATO: la riga {row} non combacia; le {n} righe precedenti sì.</translation>
        </message>
        <message>
            <source>The audit trail was CUT: {n} lines fit, and lines are missing behind them.</source>
            <translation>Il registro di controllo è stato TAGLIATO: {n} righe combaciano, e dopo ne mancano altre.</translation>
        </message>
    </context>
    <context>
        <name>Batch</name>
        <message>
            <source>Expected fill</source>
            <translation>Esecuzione attesa</translation>
        </message>
        <message>
            <source>Net</source>
            <translation>Netto</translation>
        </message>
        <message>
            <source>PnL</source>
            <translation>PnL</translation>
        </message>
        <message>
            <source>Position</source>
            <translation>Posizione</translation>
        </message>
        <message>
            <source>Quantity</source>
            <translation>Quantità</translation>
        </message>
        <message>
            <source>Retry</source>
            <translation>Riprova</translation>
        </message>
        <message>
            <source>State</source>
            <translation>Stato</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Ferma</translation>
        </message>
        <message>
            <source>The list changed while this was open</source>
            <translation>L'elenco è cambiato mentre era aperto</translation>
        </message>
        <message>
            <source>This removes the last stop loss of {names}.</source>
            <translation>Questo toglie l'ultimo stop loss di {names}.</translation>
        </message>
        <message>
            <source>What is open stays open, without protection.</source>
            <translation>Ciò che è aperto resta aperto, senza protezione.</translation>
        </message>
        <message>
            <source>and {n} more</source>
            <translation>e altri {n}</translation>
        </message>
        <message>
            <source>book is too thin</source>
            <translation>il book è troppo sottile</translation>
        </message>
        <message>
            <source>cancel order</source>
            <translation>annulla ordine</translation>
        </message>
        <message>
            <source>fee</source>
            <translation>commissione</translation>
        </message>
        <message>
            <source>left out</source>
            <translation>escluso</translation>
        </message>
        <message>
            <source>mark, {age} old</source>
            <translation>mark, di {age} fa</translation>
        </message>
        <message>
            <source>modes</source>
            <translation>modalità</translation>
        </message>
        <message>
            <source>not sent</source>
            <translation>non inviato</translation>
        </message>
        <message>
            <source>not sent: stopped</source>
            <translation>non inviato: fermato</translation>
        </message>
        <message>
            <source>sending…</source>
            <translation>invio in corso…</translation>
        </message>
        <message>
            <source>slippage {share}</source>
            <translation>slippage {share}</translation>
        </message>
        <message>
            <source>value</source>
            <translation>valore</translation>
        </message>
        <message>
            <source>waits its turn</source>
            <translation>attende il suo turno</translation>
        </message>
        <message>
            <source>{done} of {all} done</source>
            <translation>{done} di {all} eseguiti</translation>
        </message>
        <message>
            <source>{name} changed</source>
            <translation>{name} è cambiato</translation>
        </message>
        <message>
            <source>{name} is gone</source>
            <translation>{name} non c'è più</translation>
        </message>
        <message>
            <source>{name} is new</source>
            <translation>{name} è nuovo</translation>
        </message>
        <message>
            <source>{name} is now {now}, was {before}</source>
            <translation>{name} ora è {now}, era {before}</translation>
        </message>
        <message>
            <source>{n} on the way</source>
            <translation>{n} in corso</translation>
        </message>
        <message>
            <source>{n} refused</source>
            <translation>{n} rifiutati</translation>
        </message>
        <message>
            <source>{n} stopped</source>
            <translation>{n} fermati</translation>
        </message>
        <message>
            <source>{n} unknown</source>
            <translation>{n} ignoti</translation>
        </message>
    </context>
    <context>
        <name>BySymbol</name>
        <message>
            <source>Average hold</source>
            <translation>Durata media</translation>
        </message>
        <message>
            <source>Expectancy</source>
            <translation>Expectancy</translation>
        </message>
        <message>
            <source>Fees</source>
            <translation>Commissioni</translation>
        </message>
        <message>
            <source>Max drawdown</source>
            <translation>Max drawdown</translation>
        </message>
        <message>
            <source>Net PnL</source>
            <translation>PnL netto</translation>
        </message>
        <message>
            <source>Symbol</source>
            <translation>Simbolo</translation>
        </message>
        <message>
            <source>Trades</source>
            <translation>Operazioni</translation>
        </message>
        <message>
            <source>Win rate</source>
            <translation>Win rate</translation>
        </message>
        <message>
            <source>factor {value}</source>
            <translation>fattore {value}</translation>
        </message>
        <message>
            <source>funding</source>
            <translation>funding</translation>
        </message>
        <message>
            <source>funding {value}</source>
            <translation>funding {value}</translation>
        </message>
        <message>
            <source>profit factor</source>
            <translation>profit factor</translation>
        </message>
        <message>
            <source>won/lost</source>
            <translation>vinte/perse</translation>
        </message>
    </context>
    <context>
        <name>CancelOrders</name>
        <message>
            <source>Cancel order</source>
            <translation>Annulla ordine</translation>
        </message>
        <message>
            <source>Cancel orders</source>
            <translation>Annulla ordini</translation>
        </message>
        <message>
            <source>Cancel orders that protect nothing</source>
            <translation>Annulla gli ordini che non proteggono nulla</translation>
        </message>
        <message>
            <source>Cancel the order</source>
            <translation>Annulla l'ordine</translation>
        </message>
        <message>
            <source>Cancel {n} orders</source>
            <translation>Annulla {n} ordini</translation>
        </message>
        <message>
            <source>Each is sent once; each row tells when Bybit has confirmed it</source>
            <translation>Ognuno è inviato una volta; ogni riga dice quando Bybit ha confermato</translation>
        </message>
        <message>
            <source>Every stop order protects a position</source>
            <translation>Ogni ordine stop protegge una posizione</translation>
        </message>
        <message>
            <source>Hold to cancel the order</source>
            <translation>Tieni premuto per annullare l'ordine</translation>
        </message>
        <message>
            <source>Hold to cancel {n} orders</source>
            <translation>Tieni premuto per annullare {n} ordini</translation>
        </message>
        <message>
            <source>Keep it</source>
            <translation>Mantieni</translation>
        </message>
        <message>
            <source>Keep them</source>
            <translation>Mantieni tutti</translation>
        </message>
        <message>
            <source>This is no longer open: filled, triggered or cancelled</source>
            <translation>Non è più aperto: eseguito, scattato o annullato</translation>
        </message>
        <message>
            <source>{n} open</source>
            <translation>{n} aperti</translation>
        </message>
    </context>
    <context>
        <name>Change</name>
        <message>
            <source>A new one is open now: {side} {size}. Open its own dialog to act on it.</source>
            <translation>Ora ne è aperta una nuova: {side} {size}. Apri la sua finestra per agire.</translation>
        </message>
        <message>
            <source>Now {details}. Figures above are updated.</source>
            <translation>Ora {details}. Le cifre sopra sono aggiornate.</translation>
        </message>
        <message>
            <source>The last thing seen: {cause}.</source>
            <translation>L'ultima cosa vista: {cause}.</translation>
        </message>
        <message>
            <source>The position changed while this was open</source>
            <translation>La posizione è cambiata mentre era aperto</translation>
        </message>
        <message>
            <source>This position is no longer open.</source>
            <translation>Questa posizione non è più aperta.</translation>
        </message>
        <message>
            <source>an entry filled {qty} @ {price}</source>
            <translation>un'entrata ha eseguito {qty} @ {price}</translation>
        </message>
        <message>
            <source>an exit filled {qty} @ {price}</source>
            <translation>un'uscita ha eseguito {qty} @ {price}</translation>
        </message>
        <message>
            <source>entry {after}, was {before}</source>
            <translation>entrata {after}, era {before}</translation>
        </message>
        <message>
            <source>leverage {after}, was {before}</source>
            <translation>leva {after}, era {before}</translation>
        </message>
        <message>
            <source>none</source>
            <translation>nessuno</translation>
        </message>
        <message>
            <source>size {after}, was {before}</source>
            <translation>quantità {after}, era {before}</translation>
        </message>
        <message>
            <source>stop loss {after}, was {before}</source>
            <translation>stop loss {after}, era {before}</translation>
        </message>
        <message>
            <source>take profit {after}, was {before}</source>
            <translation>take profit {after}, era {before}</translation>
        </message>
        <message>
            <source>trailing stop {after}, was {before}</source>
            <translation>trailing stop {after}, era {before}</translation>
        </message>
    </context>
    <context>
        <name>Chart</name>
        <message>
            <source>Back to the newest bars</source>
            <translation>Torna alle barre più recenti</translation>
        </message>
        <message>
            <source>Break-even {price}</source>
            <translation>Break-even {price}</translation>
        </message>
        <message>
            <source>Entry {price}</source>
            <translation>Entrata {price}</translation>
        </message>
        <message>
            <source>Liq {price}</source>
            <translation>Liq {price}</translation>
        </message>
        <message>
            <source>Mark {price}</source>
            <translation>Mark {price}</translation>
        </message>
        <message>
            <source>Mark {price} STALE</source>
            <translation>Mark {price} FERMO</translation>
        </message>
        <message>
            <source>Price chart</source>
            <translation>Grafico del prezzo</translation>
        </message>
        <message>
            <source>SL</source>
            <translation>SL</translation>
        </message>
        <message>
            <source>SL {price} {pnl}</source>
            <translation>SL {price} {pnl}</translation>
        </message>
        <message>
            <source>SL {qty} @ {price} {pnl}</source>
            <translation>SL {qty} @ {price} {pnl}</translation>
        </message>
        <message>
            <source>Stop loss at {price}…</source>
            <translation>Stop loss a {price}…</translation>
        </message>
        <message>
            <source>TP</source>
            <translation>TP</translation>
        </message>
        <message>
            <source>TP {price} {pnl}</source>
            <translation>TP {price} {pnl}</translation>
        </message>
        <message>
            <source>TP {qty} @ {price} {pnl}</source>
            <translation>TP {qty} @ {price} {pnl}</translation>
        </message>
        <message>
            <source>Take profit at {price}…</source>
            <translation>Take profit a {price}…</translation>
        </message>
        <message>
            <source>Trailing {price} {pnl}</source>
            <translation>Trailing {price} {pnl}</translation>
        </message>
        <message>
            <source>{leg} = break-even</source>
            <translation>{leg} = break-even</translation>
        </message>
        <message>
            <source>{time}  O {open}  H {high}  L {low}  C {close}</source>
            <translation>{time}  O {open}  H {high}  L {low}  C {close}</translation>
        </message>
    </context>
    <context>
        <name>CloseAll</name>
        <message>
            <source>All</source>
            <translation>Tutte</translation>
        </message>
        <message>
            <source>Cancel open orders of these contracts too</source>
            <translation>Annulla anche gli ordini aperti di questi contratti</translation>
        </message>
        <message>
            <source>Close 1 position</source>
            <translation>Chiudi 1 posizione</translation>
        </message>
        <message>
            <source>Close all positions</source>
            <translation>Chiudi tutte le posizioni</translation>
        </message>
        <message>
            <source>Close {n} positions</source>
            <translation>Chiudi {n} posizioni</translation>
        </message>
        <message>
            <source>Close {n} positions, cancel orders: {orders}</source>
            <translation>Chiudi {n} posizioni, annulla ordini: {orders}</translation>
        </message>
        <message>
            <source>Each is sent once; each row tells when Bybit has confirmed it</source>
            <translation>Ognuno è inviato una volta; ogni riga dice quando Bybit ha confermato</translation>
        </message>
        <message>
            <source>Net</source>
            <translation>Netto</translation>
        </message>
        <message>
            <source>Realised PnL</source>
            <translation>PnL realizzato</translation>
        </message>
        <message>
            <source>Taker fees</source>
            <translation>Commissioni taker</translation>
        </message>
        <message>
            <source>There is no open position</source>
            <translation>Non ci sono posizioni aperte</translation>
        </message>
        <message>
            <source>There is no open position on this side</source>
            <translation>Non ci sono posizioni aperte da questo lato</translation>
        </message>
        <message>
            <source>Type {word} to confirm</source>
            <translation>Scrivi {word} per confermare</translation>
        </message>
        <message>
            <source>Value to close</source>
            <translation>Valore da chiudere</translation>
        </message>
        <message>
            <source>What closing all would bring</source>
            <translation>Che cosa comporterebbe chiudere tutto</translation>
        </message>
        <message>
            <source>Which positions</source>
            <translation>Quali posizioni</translation>
        </message>
        <message>
            <source>a price is missing</source>
            <translation>manca un prezzo</translation>
        </message>
        <message>
            <source>at market, reduce-only, always</source>
            <translation>a mercato, reduce-only, sempre</translation>
        </message>
        <message>
            <source>oldest price {age}</source>
            <translation>prezzo più vecchio {age}</translation>
        </message>
        <message>
            <source>{n} open</source>
            <translation>{n} aperte</translation>
        </message>
    </context>
    <context>
        <name>ClosePosition</name>
        <message>
            <source>= {qty} of {size}</source>
            <translation>= {qty} di {size}</translation>
        </message>
        <message>
            <source>A close of {qty} waits in the book; together never more than {size}</source>
            <translation>Una chiusura di {qty} è in attesa nel book; insieme mai più di {size}</translation>
        </message>
        <message>
            <source>Ask {price}</source>
            <translation>Ask {price}</translation>
        </message>
        <message>
            <source>Bid {price}</source>
            <translation>Bid {price}</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Chiudi</translation>
        </message>
        <message>
            <source>Close position</source>
            <translation>Chiudi posizione</translation>
        </message>
        <message>
            <source>Close {qty} {unit}</source>
            <translation>Chiudi {qty} {unit}</translation>
        </message>
        <message>
            <source>Close {share}</source>
            <translation>Chiudi {share}</translation>
        </message>
        <message>
            <source>Enter how much to close.</source>
            <translation>Inserisci quanto chiudere.</translation>
        </message>
        <message>
            <source>Expected fill</source>
            <translation>Esecuzione attesa</translation>
        </message>
        <message>
            <source>Expected fill (ask {price}, {depth} {unit} on book)</source>
            <translation>Esecuzione attesa (ask {price}, {depth} {unit} sul book)</translation>
        </message>
        <message>
            <source>Expected fill (bid {price}, {depth} {unit} on book)</source>
            <translation>Esecuzione attesa (bid {price}, {depth} {unit} sul book)</translation>
        </message>
        <message>
            <source>Expected fill (mark price; no order book yet)</source>
            <translation>Esecuzione attesa (prezzo mark; book non ancora disponibile)</translation>
        </message>
        <message>
            <source>Expected fill (the visible book takes only {qty} {unit})</source>
            <translation>Esecuzione attesa (il book visibile assorbe solo {qty} {unit})</translation>
        </message>
        <message>
            <source>Fee</source>
            <translation>Commissione</translation>
        </message>
        <message>
            <source>Fee (rate not known yet)</source>
            <translation>Commissione (tasso non ancora noto)</translation>
        </message>
        <message>
            <source>Hold to close {qty} {unit}</source>
            <translation>Tieni premuto per chiudere {qty} {unit}</translation>
        </message>
        <message>
            <source>Kind of order</source>
            <translation>Tipo di ordine</translation>
        </message>
        <message>
            <source>Left open</source>
            <translation>Resta aperto</translation>
        </message>
        <message>
            <source>Limit</source>
            <translation>Limite</translation>
        </message>
        <message>
            <source>Limit price</source>
            <translation>Prezzo limite</translation>
        </message>
        <message>
            <source>Limit price, meets the order book at once</source>
            <translation>Prezzo limite, incontra subito il book</translation>
        </message>
        <message>
            <source>Limit price, waits in the order book</source>
            <translation>Prezzo limite, attende nel book</translation>
        </message>
        <message>
            <source>Maker fee {rate}</source>
            <translation>Commissione maker {rate}</translation>
        </message>
        <message>
            <source>Margin released</source>
            <translation>Margine liberato</translation>
        </message>
        <message>
            <source>Market</source>
            <translation>Mercato</translation>
        </message>
        <message>
            <source>Net</source>
            <translation>Netto</translation>
        </message>
        <message>
            <source>Quantity to close</source>
            <translation>Quantità da chiudere</translation>
        </message>
        <message>
            <source>Realised PnL</source>
            <translation>PnL realizzato</translation>
        </message>
        <message>
            <source>Share of the position to close</source>
            <translation>Quota della posizione da chiudere</translation>
        </message>
        <message>
            <source>Taker fee {rate}</source>
            <translation>Commissione taker {rate}</translation>
        </message>
        <message>
            <source>That is what the last close left open.</source>
            <translation>È ciò che l'ultima chiusura ha lasciato aperto.</translation>
        </message>
        <message>
            <source>Unit of the quantity</source>
            <translation>Unità della quantità</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>Valore</translation>
        </message>
        <message>
            <source>What closing would bring</source>
            <translation>Che cosa comporterebbe chiudere</translation>
        </message>
        <message>
            <source>What stays open is below the smallest order, {min}.</source>
            <translation>Ciò che resta aperto è sotto l'ordine minimo, {min}.</translation>
        </message>
        <message>
            <source>its stops go with it</source>
            <translation>gli stop se ne vanno con la posizione</translation>
        </message>
        <message>
            <source>no stop loss</source>
            <translation>nessuno stop loss</translation>
        </message>
        <message>
            <source>nothing</source>
            <translation>nulla</translation>
        </message>
        <message>
            <source>reduce-only, always</source>
            <translation>reduce-only, sempre</translation>
        </message>
        <message>
            <source>step {step} · min {min} · of {size}</source>
            <translation>passo {step} · min {min} · di {size}</translation>
        </message>
        <message>
            <source>tick {tick}</source>
            <translation>tick {tick}</translation>
        </message>
        <message>
            <source>{left} once it fills</source>
            <translation>{left} una volta eseguito</translation>
        </message>
        <message>
            <source>{price} · slippage {slippage}</source>
            <translation>{price} · slippage {slippage}</translation>
        </message>
        <message>
            <source>{stop} stay</source>
            <translation>{stop} restano</translation>
        </message>
    </context>
    <context>
        <name>Closed</name>
        <message>
            <source>1 exit</source>
            <translation>1 uscita</translation>
        </message>
        <message>
            <source>30 days</source>
            <translation>30 giorni</translation>
        </message>
        <message>
            <source>365 days</source>
            <translation>365 giorni</translation>
        </message>
        <message>
            <source>7 days</source>
            <translation>7 giorni</translation>
        </message>
        <message>
            <source>90 days</source>
            <translation>90 giorni</translation>
        </message>
        <message>
            <source>All results</source>
            <translation>Tutti i risultati</translation>
        </message>
        <message>
            <source>All symbols</source>
            <translation>Tutti i simboli</translation>
        </message>
        <message>
            <source>All time</source>
            <translation>Da sempre</translation>
        </message>
        <message>
            <source>Average entry {entry}
Average exit {exit}
Weighted by quantity, computed from executions</source>
            <translation>Entrata media {entry}
Uscita media {exit}
Ponderate per quantità, calcolate dalle esecuzioni</translation>
        </message>
        <message>
            <source>Break-even</source>
            <translation>Break-even</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Annulla</translation>
        </message>
        <message>
            <source>Cancelled; no file was written</source>
            <translation>Annullato; nessun file è stato scritto</translation>
        </message>
        <message>
            <source>Closed</source>
            <translation>Chiusa</translation>
        </message>
        <message>
            <source>Closed by</source>
            <translation>Chiusa da</translation>
        </message>
        <message>
            <source>Closed {time}</source>
            <translation>Chiusa {time}</translation>
        </message>
        <message>
            <source>Entry</source>
            <translation>Entrata</translation>
        </message>
        <message>
            <source>Exit</source>
            <translation>Uscita</translation>
        </message>
        <message>
            <source>Export closed positions</source>
            <translation>Esporta posizioni chiuse</translation>
        </message>
        <message>
            <source>Exporting…</source>
            <translation>Esportazione…</translation>
        </message>
        <message>
            <source>Exporting… {share}%</source>
            <translation>Esportazione… {share}%</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>Esporta…</translation>
        </message>
        <message>
            <source>Fees</source>
            <translation>Commissioni</translation>
        </message>
        <message>
            <source>Fees of every entry and exit; funding received is positive
From executions</source>
            <translation>Commissioni di ogni entrata e uscita; il funding ricevuto è positivo
Dalle esecuzioni</translation>
        </message>
        <message>
            <source>Filter by symbol, side or reason</source>
            <translation>Filtra per simbolo, lato o motivo</translation>
        </message>
        <message>
            <source>Filter by symbol, side or reason: all words must occur, -word must not. net&lt;-10, size&gt;=5, entry, exit, fees and funding compare values.</source>
            <translation>Filtra per simbolo, lato o motivo: tutte le parole devono esserci, -parola no. net&lt;-10, size&gt;=5, entry, exit, fees e funding confrontano valori.</translation>
        </message>
        <message>
            <source>First day (UTC)</source>
            <translation>Primo giorno (UTC)</translation>
        </message>
        <message>
            <source>From … to …</source>
            <translation>Dal … al …</translation>
        </message>
        <message>
            <source>Highest and lowest unrealised PnL (MFE and MAE) over the mark prices that this desk saw, before costs
A dash when it was not watching</source>
            <translation>PnL non realizzato più alto e più basso (MFE e MAE) sui prezzi mark che questo desk ha visto, prima dei costi
Un trattino quando non osservava</translation>
        </message>
        <message>
            <source>In {coin}, computed from executions</source>
            <translation>In {coin}, calcolato dalle esecuzioni</translation>
        </message>
        <message>
            <source>In {coin}, from Bybit's closed-PnL records</source>
            <translation>In {coin}, dai registri closed-PnL di Bybit</translation>
        </message>
        <message>
            <source>It began before the history that was read so far; its result is pending until that reaches back</source>
            <translation>È iniziata prima della cronologia letta finora; il risultato resta in attesa finché non la si raggiunge</translation>
        </message>
        <message>
            <source>Its orders are not known</source>
            <translation>I suoi ordini non sono noti</translation>
        </message>
        <message>
            <source>Last day (UTC)</source>
            <translation>Ultimo giorno (UTC)</translation>
        </message>
        <message>
            <source>Leave off; no file is written</source>
            <translation>Interrompi; nessun file viene scritto</translation>
        </message>
        <message>
            <source>Losses</source>
            <translation>Perdenti</translation>
        </message>
        <message>
            <source>Move = (exit − entry) ÷ entry, the other way round for a short</source>
            <translation>Movimento = (uscita − entrata) ÷ entrata, al contrario per uno short</translation>
        </message>
        <message>
            <source>Net = gross − fees + funding</source>
            <translation>Netto = lordo − commissioni + funding</translation>
        </message>
        <message>
            <source>Net PnL</source>
            <translation>PnL netto</translation>
        </message>
        <message>
            <source>Not all executions came: the money is that of Bybit's closed-PnL records, which leave out funding that no execution told of</source>
            <translation>Non tutte le esecuzioni sono arrivate: gli importi sono quelli dei registri closed-PnL di Bybit, senza il funding di cui nessuna esecuzione ha detto</translation>
        </message>
        <message>
            <source>Not all executions came; Bybit is asked for them, and for its own records</source>
            <translation>Non tutte le esecuzioni sono arrivate; si chiedono a Bybit, insieme ai suoi registri</translation>
        </message>
        <message>
            <source>One life: from flat to flat, out of {n} exits</source>
            <translation>Una vita: da flat a flat, attraverso {n} uscite</translation>
        </message>
        <message>
            <source>Opened {time}</source>
            <translation>Aperta {time}</translation>
        </message>
        <message>
            <source>Paid in other coins, and not in it: {fees}</source>
            <translation>Pagate in altre monete, e non comprese: {fees}</translation>
        </message>
        <message>
            <source>Peak size</source>
            <translation>Quantità max</translation>
        </message>
        <message>
            <source>Pending</source>
            <translation>In attesa</translation>
        </message>
        <message>
            <source>Period (UTC days)</source>
            <translation>Periodo (giorni UTC)</translation>
        </message>
        <message>
            <source>Result</source>
            <translation>Risultato</translation>
        </message>
        <message>
            <source>Side</source>
            <translation>Lato</translation>
        </message>
        <message>
            <source>Symbol</source>
            <translation>Simbolo</translation>
        </message>
        <message>
            <source>The largest size that was held at once; from executions</source>
            <translation>La quantità massima tenuta insieme; dalle esecuzioni</translation>
        </message>
        <message>
            <source>Today</source>
            <translation>Oggi</translation>
        </message>
        <message>
            <source>What the last exit was: the kind of its order as Bybit reports it, or a bot's label of it
Bybit: {code}</source>
            <translation>Che cosa è stata l'ultima uscita: il tipo del suo ordine come riportato da Bybit, o l'etichetta di un bot
Bybit: {code}</translation>
        </message>
        <message>
            <source>Wins</source>
            <translation>Vincenti</translation>
        </message>
        <message>
            <source>Write these rows, in this order, to a CSV or JSON file</source>
            <translation>Scrivi queste righe, in quest'ordine, in un file CSV o JSON</translation>
        </message>
        <message>
            <source>Wrote {count} rows to {file}</source>
            <translation>{count} righe scritte in {file}</translation>
        </message>
        <message>
            <source>Yesterday</source>
            <translation>Ieri</translation>
        </message>
        <message>
            <source>after {time}</source>
            <translation>dopo {time}</translation>
        </message>
        <message>
            <source>beginning not known</source>
            <translation>inizio non noto</translation>
        </message>
        <message>
            <source>by Bybit's records</source>
            <translation>dai registri di Bybit</translation>
        </message>
        <message>
            <source>closed positions</source>
            <translation>posizioni chiuse</translation>
        </message>
        <message>
            <source>executions missing</source>
            <translation>mancano esecuzioni</translation>
        </message>
        <message>
            <source>exit</source>
            <translation>uscita</translation>
        </message>
        <message>
            <source>exits</source>
            <translation>uscite</translation>
        </message>
        <message>
            <source>funding</source>
            <translation>funding</translation>
        </message>
        <message>
            <source>gross {amount}</source>
            <translation>lordo {amount}</translation>
        </message>
        <message>
            <source>held</source>
            <translation>tenuta</translation>
        </message>
        <message>
            <source>held {time}</source>
            <translation>tenuta {time}</translation>
        </message>
        <message>
            <source>move</source>
            <translation>movimento</translation>
        </message>
        <message>
            <source>net {amount}</source>
            <translation>netto {amount}</translation>
        </message>
        <message>
            <source>pending</source>
            <translation>in attesa</translation>
        </message>
        <message>
            <source>{count} closed</source>
            <translation>{count} chiuse</translation>
        </message>
        <message>
            <source>{n} exits</source>
            <translation>{n} uscite</translation>
        </message>
        <message>
            <source>{n} more, see the details</source>
            <translation>Altre {n}, vedi i dettagli</translation>
        </message>
        <message>
            <source>{share} won</source>
            <translation>{share} vincenti</translation>
        </message>
    </context>
    <context>
        <name>Comfort</name>
        <message>
            <source>Restart now</source>
            <translation>Riavvia ora</translation>
        </message>
        <message>
            <source>The new scale counts from the next start. Layout and place are kept.</source>
            <translation>La nuova scala vale dal prossimo avvio. Disposizione e punto di lavoro restano.</translation>
        </message>
        <message>
            <source>The paper exchange begins anew with it.</source>
            <translation>Anche la borsa di carta ricomincia da capo.</translation>
        </message>
    </context>
    <context>
        <name>Command</name>
        <message>
            <source>Amend order</source>
            <translation>Modifica ordine</translation>
        </message>
        <message>
            <source>Cancel order</source>
            <translation>Annulla ordine</translation>
        </message>
        <message>
            <source>Close position</source>
            <translation>Chiudi posizione</translation>
        </message>
        <message>
            <source>Closed {filled} of {qty} · close remaining {rest}</source>
            <translation>Chiusi {filled} di {qty} · chiudi i restanti {rest}</translation>
        </message>
        <message>
            <source>It is not known whether Bybit carried this out.</source>
            <translation>Non si sa se Bybit l'abbia eseguito.</translation>
        </message>
        <message>
            <source>No trace of it after 3 checks. Retrying is safe (same id)</source>
            <translation>Nessuna traccia dopo 3 controlli. Riprovare è sicuro (stesso id)</translation>
        </message>
        <message>
            <source>No trace of the cancelling after 3 checks. Retrying is safe (same order)</source>
            <translation>Nessuna traccia dell'annullamento dopo 3 controlli. Riprovare è sicuro (stesso ordine)</translation>
        </message>
        <message>
            <source>No trace of the order after 3 checks. Retrying is safe (same order id)</source>
            <translation>Nessuna traccia dell'ordine dopo 3 controlli. Riprovare è sicuro (stesso id ordine)</translation>
        </message>
        <message>
            <source>No trace of these stops after 3 checks. Retrying is safe (looked for first)</source>
            <translation>Nessuna traccia di questi stop dopo 3 controlli. Riprovare è sicuro (prima vengono cercati)</translation>
        </message>
        <message>
            <source>Open position</source>
            <translation>Apri posizione</translation>
        </message>
        <message>
            <source>Set leverage</source>
            <translation>Imposta leva</translation>
        </message>
        <message>
            <source>Set stops</source>
            <translation>Imposta stop</translation>
        </message>
        <message>
            <source>Should it turn up later after all, the desk shows it; it counts as this one.</source>
            <translation>Se dovesse comparire più tardi, il desk lo mostra: vale come questo.</translation>
        </message>
        <message>
            <source>The desk is finding out. Do not send it again: the row shows what became of it.</source>
            <translation>Il desk sta verificando. Non inviarlo di nuovo: la riga mostra che fine ha fatto.</translation>
        </message>
        <message>
            <source>accepted</source>
            <translation>accettato</translation>
        </message>
        <message>
            <source>asking Bybit by its id</source>
            <translation>lo si chiede a Bybit con il suo id</translation>
        </message>
        <message>
            <source>done</source>
            <translation>eseguito</translation>
        </message>
        <message>
            <source>done in part</source>
            <translation>eseguito in parte</translation>
        </message>
        <message>
            <source>ended</source>
            <translation>terminato</translation>
        </message>
        <message>
            <source>in the order book, listed under Orders</source>
            <translation>nel book, elencato sotto Ordini</translation>
        </message>
        <message>
            <source>no trace</source>
            <translation>nessuna traccia</translation>
        </message>
        <message>
            <source>nothing was changed</source>
            <translation>nulla è cambiato</translation>
        </message>
        <message>
            <source>nothing was filled</source>
            <translation>nulla è stato eseguito</translation>
        </message>
        <message>
            <source>outcome unknown</source>
            <translation>esito ignoto</translation>
        </message>
        <message>
            <source>refused</source>
            <translation>rifiutato</translation>
        </message>
        <message>
            <source>resting</source>
            <translation>in attesa nel book</translation>
        </message>
        <message>
            <source>retrying is safe</source>
            <translation>riprovare è sicuro</translation>
        </message>
        <message>
            <source>sending…</source>
            <translation>invio in corso…</translation>
        </message>
        <message>
            <source>waiting for Bybit's evidence</source>
            <translation>in attesa del riscontro di Bybit</translation>
        </message>
    </context>
    <context>
        <name>Crash</name>
        <message>
            <source>Continue</source>
            <translation>Continua</translation>
        </message>
        <message>
            <source>Copy report</source>
            <translation>Copia rapporto</translation>
        </message>
        <message>
            <source>Quarterdeck: an error</source>
            <translation>Quarterdeck: un errore</translation>
        </message>
        <message>
            <source>Report</source>
            <translation>Rapporto</translation>
        </message>
        <message>
            <source>The desk met something that it was not written for. Nothing was sent because of it. What is on the screen may be incomplete: check with Bybit before you act. The report is in the log as well.</source>
            <translation>Il desk ha incontrato qualcosa per cui non è stato scritto. Per questo non è stato inviato nulla. Ciò che vedi può essere incompleto: verifica su Bybit prima di agire. Il rapporto è anche nel registro.</translation>
        </message>
        <message>
            <source>This is a bug in Quarterdeck</source>
            <translation>Questo è un difetto di Quarterdeck</translation>
        </message>
    </context>
    <context>
        <name>Discrepancy</name>
        <message>
            <source>a position that Bybit no longer lists</source>
            <translation>una posizione che Bybit non elenca più</translation>
        </message>
        <message>
            <source>a position that the desk did not know</source>
            <translation>una posizione che il desk non conosceva</translation>
        </message>
        <message>
            <source>a position without a stop loss</source>
            <translation>una posizione senza stop loss</translation>
        </message>
        <message>
            <source>a stop order without a position</source>
            <translation>un ordine stop senza posizione</translation>
        </message>
        <message>
            <source>executions that did not arrive; they were asked for</source>
            <translation>esecuzioni che non sono arrivate; sono state richieste</translation>
        </message>
        <message>
            <source>the entry price</source>
            <translation>il prezzo di entrata</translation>
        </message>
        <message>
            <source>the leverage</source>
            <translation>la leva</translation>
        </message>
        <message>
            <source>the margin mode</source>
            <translation>la modalità di margine</translation>
        </message>
        <message>
            <source>the realised PnL</source>
            <translation>il PnL realizzato</translation>
        </message>
        <message>
            <source>the side</source>
            <translation>il lato</translation>
        </message>
        <message>
            <source>the size</source>
            <translation>la quantità</translation>
        </message>
        <message>
            <source>the stops</source>
            <translation>gli stop</translation>
        </message>
    </context>
    <context>
        <name>Duration</name>
        <message>
            <source>{d}d {h:02}h</source>
            <translation>{d}g {h:02}h</translation>
        </message>
        <message>
            <source>{h}h {m:02}m</source>
            <translation>{h}h {m:02}m</translation>
        </message>
        <message>
            <source>{m}m</source>
            <translation>{m}m</translation>
        </message>
        <message>
            <source>{s:.0f} s</source>
            <translation>{s:.0f} s</translation>
        </message>
        <message>
            <source>{s:.1f} s</source>
            <translation>{s:.1f} s</translation>
        </message>
        <message>
            <source>{s}s</source>
            <translation>{s}s</translation>
        </message>
    </context>
    <context>
        <name>Entry</name>
        <message>
            <source>Enter a price above zero, or clear the field to remove it.</source>
            <translation>Inserisci un prezzo sopra zero, o svuota il campo per toglierlo.</translation>
        </message>
        <message>
            <source>Enter an amount without a sign.</source>
            <translation>Inserisci un importo senza segno.</translation>
        </message>
        <message>
            <source>No price above zero gives that.</source>
            <translation>Nessun prezzo sopra zero dà questo risultato.</translation>
        </message>
        <message>
            <source>Not a number: use the digits 0–9 and one point.</source>
            <translation>Non è un numero: usa le cifre 0–9 e un solo punto.</translation>
        </message>
        <message>
            <source>That is less than one tick.</source>
            <translation>È meno di un tick.</translation>
        </message>
        <message>
            <source>Too many digits.</source>
            <translation>Troppe cifre.</translation>
        </message>
        <message>
            <source>{typed} can be read two ways. Which one is meant?</source>
            <translation>{typed} si può leggere in due modi. Quale intendi?</translation>
        </message>
    </context>
    <context>
        <name>Environment</name>
        <message>
            <source>DEMO</source>
            <translation>DEMO</translation>
        </message>
        <message>
            <source>LIVE</source>
            <translation>LIVE</translation>
        </message>
        <message>
            <source>PAPER</source>
            <translation>PAPER</translation>
        </message>
        <message>
            <source>TESTNET</source>
            <translation>TESTNET</translation>
        </message>
    </context>
    <context>
        <name>Error</name>
        <message>
            <source>A name is 1 to 32 letters, digits, _ or -, without spaces</source>
            <translation>Un nome ha da 1 a 32 lettere, cifre, _ o -, senza spazi</translation>
        </message>
        <message>
            <source>A passphrase needs at least {least} characters</source>
            <translation>Una passphrase richiede almeno {least} caratteri</translation>
        </message>
        <message>
            <source>Another desk is running on this account (process {pid})</source>
            <translation>Un altro desk sta girando su questo account (processo {pid})</translation>
        </message>
        <message>
            <source>Bybit asks us to slow down; nothing was sent</source>
            <translation>Bybit ci chiede di rallentare; non è stato inviato nulla</translation>
        </message>
        <message>
            <source>Bybit asks us to slow down; nothing was sent ({code})</source>
            <translation>Bybit ci chiede di rallentare; non è stato inviato nulla ({code})</translation>
        </message>
        <message>
            <source>Bybit did not answer in time</source>
            <translation>Bybit non ha risposto in tempo</translation>
        </message>
        <message>
            <source>Bybit does not accept the key's signature (10004): the secret does not belong to this key. Replace the key in Accounts</source>
            <translation>Bybit non accetta la firma della chiave (10004): il segreto non appartiene a questa chiave. Sostituisci la chiave in Account</translation>
        </message>
        <message>
            <source>Bybit does not accept this key ({code})</source>
            <translation>Bybit non accetta questa chiave ({code})</translation>
        </message>
        <message>
            <source>Bybit does not answer as it should; what is shown stays ({code})</source>
            <translation>Bybit non risponde come dovrebbe; ciò che vedi resta ({code})</translation>
        </message>
        <message>
            <source>Bybit does not answer; what is shown stays</source>
            <translation>Bybit non risponde; ciò che vedi resta</translation>
        </message>
        <message>
            <source>Bybit does not know this key (10003): it was deleted, or it belongs to another environment. Make a new one, or choose the environment that it was made in</source>
            <translation>Bybit non conosce questa chiave (10003): è stata eliminata, o appartiene a un altro ambiente. Creane una nuova, o scegli l'ambiente in cui è stata creata</translation>
        </message>
        <message>
            <source>Bybit does not let this account in (10007): look at Bybit's site</source>
            <translation>Bybit non lascia entrare questo account (10007): guarda il sito di Bybit</translation>
        </message>
        <message>
            <source>Bybit has blocked this account (10008): ask Bybit's support</source>
            <translation>Bybit ha bloccato questo account (10008): chiedi all'assistenza di Bybit</translation>
        </message>
        <message>
            <source>Bybit has blocked this internet address (10009): wait, or ask Bybit's support</source>
            <translation>Bybit ha bloccato questo indirizzo internet (10009): attendi, o chiedi all'assistenza di Bybit</translation>
        </message>
        <message>
            <source>Bybit refused (code {ret_code})</source>
            <translation>Bybit ha rifiutato (codice {ret_code})</translation>
        </message>
        <message>
            <source>Bybit sent something unreadable; it changed nothing ({code})</source>
            <translation>Bybit ha inviato qualcosa di illeggibile; non ha cambiato nulla ({code})</translation>
        </message>
        <message>
            <source>Bybit's stream does not accept the key, and nothing else refuses it: look at this computer's clock</source>
            <translation>Il flusso di Bybit non accetta la chiave, e nient'altro la rifiuta: controlla l'orologio di questo computer</translation>
        </message>
        <message>
            <source>It is not known whether Bybit carried it out; the desk is asking</source>
            <translation>Non si sa se Bybit l'abbia eseguito; il desk lo sta chiedendo</translation>
        </message>
        <message>
            <source>It is not known whether Bybit carried it out; the desk is asking ({code})</source>
            <translation>Non si sa se Bybit l'abbia eseguito; il desk lo sta chiedendo ({code})</translation>
        </message>
        <message>
            <source>Keys are not taken from the command line ({name}): everybody on this computer can read it</source>
            <translation>Le chiavi non si accettano dalla riga di comando ({name}): chiunque usi questo computer può leggerla</translation>
        </message>
        <message>
            <source>No history is kept now</source>
            <translation>Ora non si tiene alcuna cronologia</translation>
        </message>
        <message>
            <source>No keys are stored for the account {account} ({environment}) yet</source>
            <translation>Per l'account {account} ({environment}) non ci sono ancora chiavi</translation>
        </message>
        <message>
            <source>Not connected yet</source>
            <translation>Non ancora connesso</translation>
        </message>
        <message>
            <source>Others may write to {path}, which is not the desk's alone: choose another data folder with --data-dir</source>
            <translation>Altri possono scrivere in {path}, che non è solo del desk: scegliere un'altra cartella dei dati con --data-dir</translation>
        </message>
        <message>
            <source>That did not work ({code})</source>
            <translation>Non ha funzionato ({code})</translation>
        </message>
        <message>
            <source>The account {account} ({environment}) opens with a passphrase only, and nobody can be asked for it here</source>
            <translation>L'account {account} ({environment}) si apre solo con una passphrase, e qui non la si può chiedere a nessuno</translation>
        </message>
        <message>
            <source>The accounts file {path} cannot be used: {reason}. Mend it, or move it away and add the accounts anew</source>
            <translation>Il file degli account {path} non è utilizzabile: {reason}. Correggilo, o spostalo e aggiungi di nuovo gli account</translation>
        </message>
        <message>
            <source>The accounts file {path} could not be written: {reason}</source>
            <translation>Non è stato possibile scrivere il file degli account {path}: {reason}</translation>
        </message>
        <message>
            <source>The data folder {path} cannot be used: {reason}</source>
            <translation>La cartella dati {path} non è utilizzabile: {reason}</translation>
        </message>
        <message>
            <source>The data folder {path} cannot be written</source>
            <translation>La cartella dati {path} non è scrivibile</translation>
        </message>
        <message>
            <source>The data folder {path} is on a network share, where a history cannot be kept safely</source>
            <translation>La cartella dati {path} è su una condivisione di rete, dove una cronologia non si può tenere al sicuro</translation>
        </message>
        <message>
            <source>The desk's own files could not be used ({code})</source>
            <translation>I file del desk non si sono potuti usare ({code})</translation>
        </message>
        <message>
            <source>The disk is full; nothing of this was kept</source>
            <translation>Il disco è pieno; di questo non è stato conservato nulla</translation>
        </message>
        <message>
            <source>The disk is too slow at the moment; nothing of this was kept</source>
            <translation>Il disco è troppo lento al momento; di questo non è stato conservato nulla</translation>
        </message>
        <message>
            <source>The disk reports an error: {reason}</source>
            <translation>Il disco segnala un errore: {reason}</translation>
        </message>
        <message>
            <source>The display {display} does not answer</source>
            <translation>Lo schermo {display} non risponde</translation>
        </message>
        <message>
            <source>The exchange cannot be reached: {reason}</source>
            <translation>L'exchange non è raggiungibile: {reason}</translation>
        </message>
        <message>
            <source>The file {path} cannot be read: {reason}</source>
            <translation>Non è possibile leggere il file {path}: {reason}</translation>
        </message>
        <message>
            <source>The file {path} could not be written: {reason}</source>
            <translation>Non è stato possibile scrivere il file {path}: {reason}</translation>
        </message>
        <message>
            <source>The file {path} exists already</source>
            <translation>Il file {path} esiste già</translation>
        </message>
        <message>
            <source>The file {path} is not a history of this desk; nothing was changed</source>
            <translation>Il file {path} non è una cronologia di questo desk; nulla è cambiato</translation>
        </message>
        <message>
            <source>The history in {path} belongs to another account; nothing was changed</source>
            <translation>La cronologia in {path} appartiene a un altro account; nulla è cambiato</translation>
        </message>
        <message>
            <source>The history in {path} was made by a newer version of the desk; nothing was changed</source>
            <translation>La cronologia in {path} è stata creata da una versione più nuova del desk; nulla è cambiato</translation>
        </message>
        <message>
            <source>The history is damaged and could not be mended: {reason}</source>
            <translation>La cronologia è danneggiata e non si è potuta riparare: {reason}</translation>
        </message>
        <message>
            <source>The history is in use by another program</source>
            <translation>La cronologia è in uso da un altro programma</translation>
        </message>
        <message>
            <source>The key has expired (33004): make a new one at Bybit</source>
            <translation>La chiave è scaduta (33004): creane una nuova su Bybit</translation>
        </message>
        <message>
            <source>The key is bound to other internet addresses (10010): add this one to the key at Bybit</source>
            <translation>La chiave è vincolata ad altri indirizzi internet (10010): aggiungi questo alla chiave su Bybit</translation>
        </message>
        <message>
            <source>The key lacks a right (10005): allow Unified Trading orders and positions for it at Bybit</source>
            <translation>Alla chiave manca un permesso (10005): su Bybit concedile ordini e posizioni Unified Trading</translation>
        </message>
        <message>
            <source>The key ring could not be used ({code})</source>
            <translation>Il portachiavi non si è potuto usare ({code})</translation>
        </message>
        <message>
            <source>The key ring did not do what it should: {reason}</source>
            <translation>Il portachiavi non ha fatto ciò che doveva: {reason}</translation>
        </message>
        <message>
            <source>The key ring is locked: unlock it and try again</source>
            <translation>Il portachiavi è bloccato: sbloccalo e riprova</translation>
        </message>
        <message>
            <source>The paper exchange did not start: {reason}</source>
            <translation>L'exchange paper non è partito: {reason}</translation>
        </message>
        <message>
            <source>The paper exchange says something unreadable: {reason}</source>
            <translation>L'exchange paper dice qualcosa di illeggibile: {reason}</translation>
        </message>
        <message>
            <source>The passphrase is missing</source>
            <translation>Manca la passphrase</translation>
        </message>
        <message>
            <source>The passphrase is wrong, or the file of secrets was changed</source>
            <translation>La passphrase è sbagliata, o il file dei segreti è stato modificato</translation>
        </message>
        <message>
            <source>The secret of {account} ({environment}) is no longer where it was kept: forget the account, add it anew</source>
            <translation>Il segreto di {account} ({environment}) non è più dove era custodito: dimentica l'account e aggiungilo di nuovo</translation>
        </message>
        <message>
            <source>The settings file holds a key ({name}); remove it there, and add the account instead</source>
            <translation>Il file delle impostazioni contiene una chiave ({name}); toglila da lì, e aggiungi invece l'account</translation>
        </message>
        <message>
            <source>The settings file {path} cannot be used: {reason}. Mend it, or move it away for the defaults</source>
            <translation>Il file delle impostazioni {path} non è utilizzabile: {reason}. Correggilo, o spostalo per avere i valori iniziali</translation>
        </message>
        <message>
            <source>The settings file {path} could not be written: {reason}</source>
            <translation>Non è stato possibile scrivere il file delle impostazioni {path}: {reason}</translation>
        </message>
        <message>
            <source>The system library {library} is missing; make run installs it</source>
            <translation>Manca la libreria di sistema {library}; make run la installa</translation>
        </message>
        <message>
            <source>The variable {name} holds a key; the live desk does not start beside it. Unset it, and add the account</source>
            <translation>La variabile {name} contiene una chiave; il desk live non parte accanto ad essa. Toglila, e aggiungi l'account</translation>
        </message>
        <message>
            <source>There is an account {account} already</source>
            <translation>C'è già un account {account}</translation>
        </message>
        <message>
            <source>There is no display to show the desk on (neither DISPLAY nor WAYLAND_DISPLAY is set)</source>
            <translation>Non c'è uno schermo su cui mostrare il desk (né DISPLAY né WAYLAND_DISPLAY è impostato)</translation>
        </message>
        <message>
            <source>There is no history of this account in {path}</source>
            <translation>In {path} non c'è una cronologia di questo account</translation>
        </message>
        <message>
            <source>This does not look like an API key: letters and digits, no spaces</source>
            <translation>Questa non sembra una chiave API: lettere e cifre, senza spazi</translation>
        </message>
        <message>
            <source>This does not look like an API secret: letters and digits without spaces, or an RSA key as PEM</source>
            <translation>Questo non sembra un segreto API: lettere e cifre senza spazi, o una chiave RSA in formato PEM</translation>
        </message>
        <message>
            <source>This is not an RSA private key of 2048 bits or more, as PEM and without a password</source>
            <translation>Questa non è una chiave privata RSA di almeno 2048 bit, in formato PEM e senza password</translation>
        </message>
        <message>
            <source>This key belongs to another account at Bybit: add it as an account of its own, under another name</source>
            <translation>Questa chiave appartiene a un altro conto su Bybit: aggiungila come account a sé, con un altro nome</translation>
        </message>
        <message>
            <source>This key has expired: make a new one at Bybit</source>
            <translation>Questa chiave è scaduta: creane una nuova su Bybit</translation>
        </message>
        <message>
            <source>This key may withdraw money. The desk refuses it: make one without the right to withdraw</source>
            <translation>Questa chiave può prelevare denaro. Il desk la rifiuta: creane una senza il permesso di prelievo</translation>
        </message>
        <message>
            <source>This order is no longer open</source>
            <translation>Questo ordine non è più aperto</translation>
        </message>
        <message>
            <source>This position is no longer open</source>
            <translation>Questa posizione non è più aperta</translation>
        </message>
        <message>
            <source>This system has no key ring that the desk can use</source>
            <translation>Questo sistema non ha un portachiavi che il desk possa usare</translation>
        </message>
        <message>
            <source>This was refused before it was sent ({code})</source>
            <translation>Questo è stato rifiutato prima dell'invio ({code})</translation>
        </message>
        <message>
            <source>Trading is locked</source>
            <translation>Il trading è bloccato</translation>
        </message>
        <message>
            <source>{path} belongs to another user: choose a data folder of your own with --data-dir</source>
            <translation>{path} appartiene a un altro utente: scegliere una propria cartella dei dati con --data-dir</translation>
        </message>
    </context>
    <context>
        <name>Event</name>
        <message>
            <source>A listener of this desk fails ({name}, {listens_to}); everybody else is served</source>
            <translation>Un programma in ascolto su questo desk fallisce ({name}, {listens_to}); tutti gli altri sono serviti</translation>
        </message>
        <message>
            <source>A new paper exchange: the history begins anew</source>
            <translation>Un nuovo exchange paper: la cronologia ricomincia</translation>
        </message>
        <message>
            <source>A poll did not come through ({reason}); what is shown stays</source>
            <translation>Una lettura non è riuscita ({reason}); ciò che vedi resta</translation>
        </message>
        <message>
            <source>A stop order without a position, not of this desk: see Orders</source>
            <translation>Un ordine stop senza posizione, non di questo desk: vedi Ordini</translation>
        </message>
        <message>
            <source>A stop order without a position: cancelled</source>
            <translation>Un ordine stop senza posizione: annullato</translation>
        </message>
        <message>
            <source>A stop order without a position: it could not be cancelled, see Orders</source>
            <translation>Un ordine stop senza posizione: non è stato possibile annullarlo, vedi Ordini</translation>
        </message>
        <message>
            <source>Another exchange: everything was read anew</source>
            <translation>Un altro exchange: tutto è stato riletto</translation>
        </message>
        <message>
            <source>Bybit's sequence started anew: {before} → {after}</source>
            <translation>La sequenza di Bybit è ricominciata: {before} → {after}</translation>
        </message>
        <message>
            <source>Closed ({evidence})</source>
            <translation>Chiusa ({evidence})</translation>
        </message>
        <message>
            <source>Connection back: {link}</source>
            <translation>Connessione ripresa: {link}</translation>
        </message>
        <message>
            <source>Connection lost ({reason})</source>
            <translation>Connessione persa ({reason})</translation>
        </message>
        <message>
            <source>Differs from Bybit: {kind}</source>
            <translation>Diverge da Bybit: {kind}</translation>
        </message>
        <message>
            <source>Execution of a kind that is not known ({exec_type}, {qty}): no size was changed by it</source>
            <translation>Esecuzione di un tipo non noto ({exec_type}, {qty}): non ha cambiato alcuna quantità</translation>
        </message>
        <message>
            <source>Executions do not add up to the size that Bybit reports</source>
            <translation>Le esecuzioni non danno la quantità riportata da Bybit</translation>
        </message>
        <message>
            <source>Fee rates could not be read ({reason})</source>
            <translation>Non è stato possibile leggere i tassi di commissione ({reason})</translation>
        </message>
        <message>
            <source>Found at Bybit: {kind}</source>
            <translation>Trovato su Bybit: {kind}</translation>
        </message>
        <message>
            <source>Leverage changed elsewhere, {before} → {after}</source>
            <translation>Leva cambiata altrove, {before} → {after}</translation>
        </message>
        <message>
            <source>Mark price {mark} beside an index of {index} cannot be: not used</source>
            <translation>Un prezzo mark {mark} accanto a un indice di {index} non può essere: non usato</translation>
        </message>
        <message>
            <source>Not armed: this key may only look</source>
            <translation>Non abilitato: questa chiave può solo guardare</translation>
        </message>
        <message>
            <source>Older trades could not be told from the executions: what is known of them stays, the next start tries again</source>
            <translation>Le operazioni più vecchie non si ricavano dalle esecuzioni: ciò che è noto resta, il prossimo avvio riprova</translation>
        </message>
        <message>
            <source>Only {distance_pct} % away from liquidation</source>
            <translation>A solo {distance_pct} % dalla liquidazione</translation>
        </message>
        <message>
            <source>Open without a stop loss for longer than {after_s} s</source>
            <translation>Aperta senza stop loss da più di {after_s} s</translation>
        </message>
        <message>
            <source>Opened {side} {size} at {entry_price}</source>
            <translation>Aperta {side} {size} a {entry_price}</translation>
        </message>
        <message>
            <source>Orphan stops could not be looked for ({reason})</source>
            <translation>Non è stato possibile cercare gli stop orfani ({reason})</translation>
        </message>
        <message>
            <source>Partial exit {qty} at {price}, net {net} ({reason})</source>
            <translation>Uscita parziale {qty} a {price}, netto {net} ({reason})</translation>
        </message>
        <message>
            <source>Price stream lost ({reason})</source>
            <translation>Flusso dei prezzi perso ({reason})</translation>
        </message>
        <message>
            <source>Reconciled with Bybit, {differences} differences</source>
            <translation>Riconciliato con Bybit, {differences} differenze</translation>
        </message>
        <message>
            <source>Result from Bybit's closed-PnL records, net {net}</source>
            <translation>Risultato dai registri closed-PnL di Bybit, netto {net}</translation>
        </message>
        <message>
            <source>Signed in with the key {key}</source>
            <translation>Accesso con la chiave {key}</translation>
        </message>
        <message>
            <source>Signed in with the key {key}; warnings acknowledged: {warnings}</source>
            <translation>Accesso con la chiave {key}; avvertimenti accettati: {warnings}</translation>
        </message>
        <message>
            <source>Size {before} → {after}</source>
            <translation>Quantità {before} → {after}</translation>
        </message>
        <message>
            <source>Stop loss moved {old} → {new}</source>
            <translation>Stop loss spostato {old} → {new}</translation>
        </message>
        <message>
            <source>Stops changed ({reason})</source>
            <translation>Stop cambiati ({reason})</translation>
        </message>
        <message>
            <source>The API key expires in {days} days or less: make a new one at Bybit</source>
            <translation>La chiave API scade fra {days} giorni o meno: creane una nuova su Bybit</translation>
        </message>
        <message>
            <source>The bot's positions file cannot be read ({reason})</source>
            <translation>Il file posizioni del bot non è leggibile ({reason})</translation>
        </message>
        <message>
            <source>The daily copy of the history failed ({reason})</source>
            <translation>La copia giornaliera della cronologia non è riuscita ({reason})</translation>
        </message>
        <message>
            <source>The disk has space again</source>
            <translation>Il disco ha di nuovo spazio</translation>
        </message>
        <message>
            <source>The disk is full: reserved space was given up for the journal</source>
            <translation>Il disco è pieno: lo spazio riservato è stato ceduto al giornale</translation>
        </message>
        <message>
            <source>The disk is full: watching goes on, history waits</source>
            <translation>Il disco è pieno: la sorveglianza continua, la cronologia attende</translation>
        </message>
        <message>
            <source>The history could not be checked ({reason})</source>
            <translation>Non è stato possibile controllare la cronologia ({reason})</translation>
        </message>
        <message>
            <source>The history was damaged; the bad file is kept aside ({reason})</source>
            <translation>La cronologia era danneggiata; il file guasto è messo da parte ({reason})</translation>
        </message>
        <message>
            <source>The history was restored from a copy</source>
            <translation>La cronologia è stata ripristinata da una copia</translation>
        </message>
        <message>
            <source>The journal of commands was carried over from the damaged file</source>
            <translation>Il giornale dei comandi è stato recuperato dal file danneggiato</translation>
        </message>
        <message>
            <source>Today's loss of {loss} has reached the limit of {most}</source>
            <translation>La perdita di oggi, {loss}, ha raggiunto il limite di {most}</translation>
        </message>
        <message>
            <source>Trade closed, net {net} ({reason})</source>
            <translation>Operazione chiusa, netto {net} ({reason})</translation>
        </message>
        <message>
            <source>Trading armed</source>
            <translation>Trading abilitato</translation>
        </message>
        <message>
            <source>Trading locked</source>
            <translation>Trading bloccato</translation>
        </message>
        <message>
            <source>Turned around: now {side} {size}</source>
            <translation>Invertita: ora {side} {size}</translation>
        </message>
        <message>
            <source>Unreadable message on {topic} ({reason}); nothing was changed by it</source>
            <translation>Messaggio illeggibile su {topic} ({reason}); non ha cambiato nulla</translation>
        </message>
        <message>
            <source>as Bybit answers</source>
            <translation>come risponde Bybit</translation>
        </message>
        <message>
            <source>as Bybit's stream reports</source>
            <translation>come riporta il flusso di Bybit</translation>
        </message>
        <message>
            <source>by Bybit's closed-PnL records</source>
            <translation>dai registri closed-PnL di Bybit</translation>
        </message>
        <message>
            <source>by its executions</source>
            <translation>dalle sue esecuzioni</translation>
        </message>
        <message>
            <source>{count} positions are open; the limit is {most}</source>
            <translation>{count} posizioni aperte; il limite è {most}</translation>
        </message>
        <message>
            <source>{kind}: accepted by Bybit, waiting for its evidence</source>
            <translation>{kind}: accettato da Bybit, in attesa del riscontro</translation>
        </message>
        <message>
            <source>{kind}: accepted, then refused by Bybit ({detail})</source>
            <translation>{kind}: accettato, poi rifiutato da Bybit ({detail})</translation>
        </message>
        <message>
            <source>{kind}: answered after {ms} ms</source>
            <translation>{kind}: risposta dopo {ms} ms</translation>
        </message>
        <message>
            <source>{kind}: asked for ({reason})</source>
            <translation>{kind}: richiesto ({reason})</translation>
        </message>
        <message>
            <source>{kind}: carried out late, on a position opened since ({filled})</source>
            <translation>{kind}: eseguito in ritardo, su una posizione aperta nel frattempo ({filled})</translation>
        </message>
        <message>
            <source>{kind}: done</source>
            <translation>{kind}: eseguito</translation>
        </message>
        <message>
            <source>{kind}: evidence ({evidence})</source>
            <translation>{kind}: riscontro ({evidence})</translation>
        </message>
        <message>
            <source>{kind}: it could not be written down ({reason})</source>
            <translation>{kind}: non si è potuto annotare ({reason})</translation>
        </message>
        <message>
            <source>{kind}: left over from an earlier run, asking Bybit</source>
            <translation>{kind}: rimasto da un avvio precedente, lo si chiede a Bybit</translation>
        </message>
        <message>
            <source>{kind}: no trace of it at Bybit after 3 checks</source>
            <translation>{kind}: nessuna traccia su Bybit dopo 3 controlli</translation>
        </message>
        <message>
            <source>{kind}: not carried out, nothing was changed</source>
            <translation>{kind}: non eseguito, nulla è cambiato</translation>
        </message>
        <message>
            <source>{kind}: not carried out, the position was closed by another party</source>
            <translation>{kind}: non eseguito, la posizione è stata chiusa da altri</translation>
        </message>
        <message>
            <source>{kind}: nothing left to protect, the position is closed</source>
            <translation>{kind}: nulla più da proteggere, la posizione è chiusa</translation>
        </message>
        <message>
            <source>{kind}: outcome unknown, asking Bybit</source>
            <translation>{kind}: esito ignoto, lo si chiede a Bybit</translation>
        </message>
        <message>
            <source>{kind}: refused by Bybit (code {ret_code})</source>
            <translation>{kind}: rifiutato da Bybit (codice {ret_code})</translation>
        </message>
        <message>
            <source>{kind}: sending</source>
            <translation>{kind}: invio in corso</translation>
        </message>
        <message>
            <source>{kind}: sent again under the same id, attempt {attempt}</source>
            <translation>{kind}: inviato di nuovo con lo stesso id, tentativo {attempt}</translation>
        </message>
        <message>
            <source>{kind}: sent, attempt {attempt}</source>
            <translation>{kind}: inviato, tentativo {attempt}</translation>
        </message>
        <message>
            <source>{kind}: the order has ended, {filled} of {qty} filled</source>
            <translation>{kind}: l'ordine è terminato, eseguiti {filled} di {qty}</translation>
        </message>
        <message>
            <source>{kind}: the order has ended, {filled} of {qty} filled; the position was closed by another party</source>
            <translation>{kind}: l'ordine è terminato, eseguiti {filled} di {qty}; la posizione è stata chiusa da altri</translation>
        </message>
        <message>
            <source>{kind}: waits in the order book, see Orders</source>
            <translation>{kind}: attende nel book, vedi Ordini</translation>
        </message>
        <message>
            <source>{kind}: written down</source>
            <translation>{kind}: annotato</translation>
        </message>
    </context>
    <context>
        <name>Events</name>
        <message>
            <source>Error</source>
            <translation>Errore</translation>
        </message>
        <message>
            <source>Severity</source>
            <translation>Gravità</translation>
        </message>
        <message>
            <source>Symbol</source>
            <translation>Simbolo</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Ora</translation>
        </message>
        <message>
            <source>Warning</source>
            <translation>Avviso</translation>
        </message>
        <message>
            <source>What happened</source>
            <translation>Che cosa è successo</translation>
        </message>
    </context>
    <context>
        <name>Execution</name>
        <message>
            <source>Auto-deleveraging</source>
            <translation>Auto-deleveraging</translation>
        </message>
        <message>
            <source>Delivery</source>
            <translation>Consegna</translation>
        </message>
        <message>
            <source>Fill</source>
            <translation>Eseguito</translation>
        </message>
        <message>
            <source>Funding</source>
            <translation>Funding</translation>
        </message>
        <message>
            <source>Liquidation</source>
            <translation>Liquidazione</translation>
        </message>
        <message>
            <source>Settlement</source>
            <translation>Regolamento</translation>
        </message>
    </context>
    <context>
        <name>Executions</name>
        <message>
            <source>Execution type {kind}, order type {order}, made by {maker}; as Bybit reports it</source>
            <translation>Tipo di esecuzione {kind}, tipo di ordine {order}, come {maker}; come riportato da Bybit</translation>
        </message>
        <message>
            <source>Execution {id}
Order {order}
Sequence {seq}, as Bybit reported it</source>
            <translation>Esecuzione {id}
Ordine {order}
Sequenza {seq}, come riportata da Bybit</translation>
        </message>
        <message>
            <source>Fee</source>
            <translation>Commissione</translation>
        </message>
        <message>
            <source>Fee {fee} {coin}, {rate} of the value; a rebate is positive</source>
            <translation>Commissione {fee} {coin}, {rate} del valore; un rimborso è positivo</translation>
        </message>
        <message>
            <source>Funding: positive was received. Bybit reports it as a fee of the other sign</source>
            <translation>Funding: positivo è stato ricevuto. Bybit lo riporta come commissione di segno opposto</translation>
        </message>
        <message>
            <source>Gross PnL</source>
            <translation>PnL lordo</translation>
        </message>
        <message>
            <source>Gross result of the closed part, {qty}, before fees; as Bybit reports it</source>
            <translation>Risultato lordo della parte chiusa, {qty}, prima delle commissioni; come riportato da Bybit</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>Tipo</translation>
        </message>
        <message>
            <source>Order</source>
            <translation>Ordine</translation>
        </message>
        <message>
            <source>Price</source>
            <translation>Prezzo</translation>
        </message>
        <message>
            <source>Quantity</source>
            <translation>Quantità</translation>
        </message>
        <message>
            <source>Symbol</source>
            <translation>Simbolo</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Ora</translation>
        </message>
        <message>
            <source>closes</source>
            <translation>chiude</translation>
        </message>
        <message>
            <source>maker</source>
            <translation>maker</translation>
        </message>
        <message>
            <source>opens</source>
            <translation>apre</translation>
        </message>
        <message>
            <source>taker</source>
            <translation>taker</translation>
        </message>
        <message>
            <source>value</source>
            <translation>valore</translation>
        </message>
        <message>
            <source>{qty} at {price}, worth {value}, of which {closed} closed; as Bybit reports it</source>
            <translation>{qty} a {price}, per un valore di {value}, di cui {closed} in chiusura; come riportato da Bybit</translation>
        </message>
    </context>
    <context>
        <name>Export</name>
        <message>
            <source>{title}: the file will hold the amounts that the desk hides</source>
            <translation>{title}: il file conterrà gli importi che il desk nasconde</translation>
        </message>
    </context>
    <context>
        <name>Form</name>
        <message>
            <source>1 problem to fix</source>
            <translation>1 problema da risolvere</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Annulla</translation>
        </message>
        <message>
            <source>Close window</source>
            <translation>Chiudi finestra</translation>
        </message>
        <message>
            <source>Figures changed just now: look again</source>
            <translation>Le cifre sono appena cambiate: guarda di nuovo</translation>
        </message>
        <message>
            <source>Keep it pressed until it is filled</source>
            <translation>Tieni premuto finché si riempie</translation>
        </message>
        <message>
            <source>Not connected yet</source>
            <translation>Non ancora connesso</translation>
        </message>
        <message>
            <source>Nothing was sent</source>
            <translation>Non è stato inviato nulla</translation>
        </message>
        <message>
            <source>Outcome unknown</source>
            <translation>Esito ignoto</translation>
        </message>
        <message>
            <source>Retry sends what was asked for then; the fields show what Bybit holds now</source>
            <translation>Riprova invia quanto chiesto allora; i campi mostrano ciò che Bybit ha ora</translation>
        </message>
        <message>
            <source>Retrying sends the same command, never a second one</source>
            <translation>Riprovare invia lo stesso comando, mai un secondo</translation>
        </message>
        <message>
            <source>STALE</source>
            <translation>FERMO</translation>
        </message>
        <message>
            <source>Sending…</source>
            <translation>Invio in corso…</translation>
        </message>
        <message>
            <source>Sent once, confirmed by Bybit before it leaves the table</source>
            <translation>Inviato una volta, confermato da Bybit prima di lasciare la tabella</translation>
        </message>
        <message>
            <source>The verdict is here</source>
            <translation>L'esito è arrivato</translation>
        </message>
        <message>
            <source>last seen: {size} @ {entry}</source>
            <translation>ultima vista: {size} @ {entry}</translation>
        </message>
        <message>
            <source>{n} problems to fix</source>
            <translation>{n} problemi da risolvere</translation>
        </message>
        <message>
            <source>{size} @ {entry} · mark {mark} ({age}) · liq {liq}</source>
            <translation>{size} @ {entry} · mark {mark} ({age}) · liq {liq}</translation>
        </message>
    </context>
    <context>
        <name>Halt</name>
        <message>
            <source>Bybit refused here {age} ago: {reason} ({code}). You may try again.</source>
            <translation>Bybit ha rifiutato qui {age} fa: {reason} ({code}). Puoi riprovare.</translation>
        </message>
        <message>
            <source>it is being delisted</source>
            <translation>è in corso il ritiro dal listino</translation>
        </message>
        <message>
            <source>it is being settled</source>
            <translation>è in corso il regolamento</translation>
        </message>
        <message>
            <source>it is not live</source>
            <translation>non è attivo</translation>
        </message>
        <message>
            <source>its delivery is near</source>
            <translation>la sua consegna è vicina</translation>
        </message>
        <message>
            <source>its open interest is at the cap</source>
            <translation>il suo open interest è al limite</translation>
        </message>
        <message>
            <source>positions may only be reduced now</source>
            <translation>ora le posizioni si possono solo ridurre</translation>
        </message>
        <message>
            <source>quantities may not grow now</source>
            <translation>ora le quantità non possono crescere</translation>
        </message>
        <message>
            <source>the key may not trade it</source>
            <translation>la chiave non può negoziarlo</translation>
        </message>
        <message>
            <source>this account may not trade it</source>
            <translation>questo conto non può negoziarlo</translation>
        </message>
        <message>
            <source>trading is barred for this account</source>
            <translation>a questo conto è vietato negoziare</translation>
        </message>
        <message>
            <source>trading is switched off for now</source>
            <translation>per ora la negoziazione è sospesa</translation>
        </message>
    </context>
    <context>
        <name>Health</name>
        <message>
            <source>A command of an earlier run has no verdict yet; nothing new can be sent.</source>
            <translation>Un comando di un avvio precedente non ha ancora un esito; non si può inviare nulla di nuovo.</translation>
        </message>
        <message>
            <source>All requests</source>
            <translation>Tutte le richieste</translation>
        </message>
        <message>
            <source>Bybit does not answer to this region.</source>
            <translation>Bybit non risponde a questa regione.</translation>
        </message>
        <message>
            <source>Bybit has banned this internet address for too many requests.</source>
            <translation>Bybit ha escluso questo indirizzo internet per troppe richieste.</translation>
        </message>
        <message>
            <source>Connecting…</source>
            <translation>Connessione…</translation>
        </message>
        <message>
            <source>Connection lost</source>
            <translation>Connessione persa</translation>
        </message>
        <message>
            <source>Key refused</source>
            <translation>Chiave rifiutata</translation>
        </message>
        <message>
            <source>Live</source>
            <translation>Live</translation>
        </message>
        <message>
            <source>No connection to Bybit for {age}. The last numbers are kept and marked as old; connecting again…</source>
            <translation>Nessuna connessione a Bybit da {age}. Gli ultimi numeri restano, segnati come vecchi; nuova connessione in corso…</translation>
        </message>
        <message>
            <source>Orders and stops</source>
            <translation>Ordini e stop</translation>
        </message>
        <message>
            <source>Reads of the account</source>
            <translation>Letture dell'account</translation>
        </message>
        <message>
            <source>Reads of the market</source>
            <translation>Letture del mercato</translation>
        </message>
        <message>
            <source>Stale</source>
            <translation>Dati fermi</translation>
        </message>
        <message>
            <source>The API key ends in {n} days: make a new one at Bybit, then menu → Accounts… → Replace key…</source>
            <translation>La chiave API finisce fra {n} giorni: creane una nuova su Bybit, poi menu → Account… → Sostituisci chiave…</translation>
        </message>
        <message>
            <source>The API key ends tomorrow: make a new one, then menu → Accounts… → Replace key…</source>
            <translation>La chiave API finisce domani: creane una nuova, poi menu → Account… → Sostituisci chiave…</translation>
        </message>
        <message>
            <source>The API key ends within a day: make a new one, then menu → Accounts… → Replace key…</source>
            <translation>La chiave API finisce entro un giorno: creane una nuova, poi menu → Account… → Sostituisci chiave…</translation>
        </message>
        <message>
            <source>They only fail; one is tried again then.</source>
            <translation>Falliscono soltanto; dopo se ne riprova una.</translation>
        </message>
        <message>
            <source>and {n} more alerts</source>
            <translation>e altri {n} avvisi</translation>
        </message>
        <message>
            <source>answers after {n} ms</source>
            <translation>risponde dopo {n} ms</translation>
        </message>
        <message>
            <source>idle: nothing to follow</source>
            <translation>fermo: nulla da seguire</translation>
        </message>
        <message>
            <source>last heard {age} ago</source>
            <translation>sentito {age} fa</translation>
        </message>
        <message>
            <source>never heard of</source>
            <translation>mai sentito</translation>
        </message>
        <message>
            <source>never reconciled</source>
            <translation>mai riconciliato</translation>
        </message>
        <message>
            <source>reconciled {age} ago</source>
            <translation>riconciliato {age} fa</translation>
        </message>
        <message>
            <source>{cause}. The last numbers are kept and marked as old.</source>
            <translation>{cause}. Gli ultimi numeri restano, segnati come vecchi.</translation>
        </message>
        <message>
            <source>{name} connecting</source>
            <translation>{name}: connessione</translation>
        </message>
        <message>
            <source>{name} lost {age}</source>
            <translation>{name}: perso {age}</translation>
        </message>
        <message>
            <source>{name} refused</source>
            <translation>{name}: rifiutato</translation>
        </message>
        <message>
            <source>{name} silent {age}</source>
            <translation>{name}: muto {age}</translation>
        </message>
        <message>
            <source>{what} wait {time}</source>
            <translation>{what}: attesa {time}</translation>
        </message>
    </context>
    <context>
        <name>Hint</name>
        <message>
            <source>Got it</source>
            <translation>Ho capito</translation>
        </message>
        <message>
            <source>Rest the mouse on a figure: it explains itself. All else is in the menu, top right.</source>
            <translation>Ferma il mouse su una cifra: si spiega da sé. Tutto il resto è nel menu, in alto a destra.</translation>
        </message>
        <message>
            <source>This is the paper exchange: made-up prices and money, to practise with.</source>
            <translation>Questo è l'exchange paper: prezzi e denaro inventati, per fare pratica.</translation>
        </message>
        <message>
            <source>What you see is what Bybit reports; a dash means not known.</source>
            <translation>Ciò che vedi è ciò che Bybit riporta; un trattino significa non noto.</translation>
        </message>
        <message>
            <source>the menu</source>
            <translation>il menu</translation>
        </message>
        <message>
            <source>{palette} finds every command, {keys} shows all keys, {private} hides money.</source>
            <translation>{palette} trova ogni comando, {keys} mostra tutti i tasti, {private} nasconde gli importi.</translation>
        </message>
    </context>
    <context>
        <name>Inspector</name>
        <message>
            <source>50%</source>
            <translation>50%</translation>
        </message>
        <message>
            <source>A close of this position is on its way</source>
            <translation>Una chiusura di questa posizione è in corso</translation>
        </message>
        <message>
            <source>A position in depth: its chart, stops, partial exits and risk</source>
            <translation>Una posizione a fondo: grafico, stop, uscite parziali e rischio</translation>
        </message>
        <message>
            <source>ADX {value}</source>
            <translation>ADX {value}</translation>
        </message>
        <message>
            <source>ATR {value}</source>
            <translation>ATR {value}</translation>
        </message>
        <message>
            <source>At liquidation</source>
            <translation>In liquidazione</translation>
        </message>
        <message>
            <source>At stop loss</source>
            <translation>Allo stop loss</translation>
        </message>
        <message>
            <source>At take profit</source>
            <translation>Al take profit</translation>
        </message>
        <message>
            <source>Best / worst seen</source>
            <translation>Max / min visti</translation>
        </message>
        <message>
            <source>Break-even incl. fees</source>
            <translation>Break-even con comm.</translation>
        </message>
        <message>
            <source>Candle length</source>
            <translation>Durata della candela</translation>
        </message>
        <message>
            <source>Close 25%</source>
            <translation>Chiudi 25%</translation>
        </message>
        <message>
            <source>Close {percent}</source>
            <translation>Chiudi {percent}</translation>
        </message>
        <message>
            <source>Close…</source>
            <translation>Chiudi…</translation>
        </message>
        <message>
            <source>Closing what is open here gives back its entry and both fees at the taker rate.
The whole life, with earlier exits and funding, ends at zero at {whole}.</source>
            <translation>Chiudere qui ciò che è aperto restituisce l'entrata ed entrambe le commissioni al tasso taker.
L'intera vita, con uscite precedenti e funding, finisce a zero a {whole}.</translation>
        </message>
        <message>
            <source>Edit TP/SL</source>
            <translation>Modifica TP/SL</translation>
        </message>
        <message>
            <source>Highest and lowest unrealised PnL of this position (MFE and MAE), over the marks that this desk has seen, in this run and in earlier ones; what happened while it was not running is not in it</source>
            <translation>PnL non realizzato più alto e più basso di questa posizione (MFE e MAE), sui prezzi mark che questo desk ha visto, in questa esecuzione e nelle precedenti; ciò che è accaduto mentre non era in funzione non c'è</translation>
        </message>
        <message>
            <source>Loading candles…</source>
            <translation>Caricamento candele…</translation>
        </message>
        <message>
            <source>Margin · ROE basis</source>
            <translation>Margine · base del ROE</translation>
        </message>
        <message>
            <source>Next funding</source>
            <translation>Prossimo funding</translation>
        </message>
        <message>
            <source>No partial exit yet</source>
            <translation>Ancora nessuna uscita parziale</translation>
        </message>
        <message>
            <source>No position is open; one that is stands here with its chart, stops, exits and risk</source>
            <translation>Nessuna posizione è aperta; quando lo è, sta qui con grafico, stop, uscite e rischio</translation>
        </message>
        <message>
            <source>Opens the close dialog with {percent}</source>
            <translation>Apre la finestra di chiusura con {percent}</translation>
        </message>
        <message>
            <source>Opens the stop dialog with {price}</source>
            <translation>Apre la finestra degli stop con {price}</translation>
        </message>
        <message>
            <source>PARTIAL EXITS</source>
            <translation>USCITE PARZIALI</translation>
        </message>
        <message>
            <source>PARTIAL EXITS · {peak} → {left} left</source>
            <translation>USCITE PARZIALI · {peak} → {left} restano</translation>
        </message>
        <message>
            <source>RISK</source>
            <translation>RISCHIO</translation>
        </message>
        <message>
            <source>Reward : risk</source>
            <translation>Rendimento : rischio</translation>
        </message>
        <message>
            <source>Risk of equity</source>
            <translation>Rischio sull'equity</translation>
        </message>
        <message>
            <source>Select a position to see it in depth</source>
            <translation>Seleziona una posizione per vederla a fondo</translation>
        </message>
        <message>
            <source>Selected position</source>
            <translation>Posizione selezionata</translation>
        </message>
        <message>
            <source>Size × entry ÷ leverage: what ROE is a percentage of</source>
            <translation>Quantità × entrata ÷ leva: ciò di cui il ROE è una percentuale</translation>
        </message>
        <message>
            <source>Stop to break-even</source>
            <translation>Stop a break-even</translation>
        </message>
        <message>
            <source>The fee rate is not known yet</source>
            <translation>Il tasso di commissione non è ancora noto</translation>
        </message>
        <message>
            <source>The loss at the stop loss in percent of the account's equity</source>
            <translation>La perdita allo stop loss in percento dell'equity del conto</translation>
        </message>
        <message>
            <source>The next funding payment at the present mark and rate; plus is received</source>
            <translation>Il prossimo pagamento di funding al mark e al tasso attuali; più significa ricevuto</translation>
        </message>
        <message>
            <source>The price has not passed break-even yet</source>
            <translation>Il prezzo non ha ancora superato il break-even</translation>
        </message>
        <message>
            <source>WHY IT WAS OPENED</source>
            <translation>PERCHÉ È STATA APERTA</translation>
        </message>
        <message>
            <source>What closing all of it at the liquidation price would realise, without fees</source>
            <translation>Quanto realizzerebbe chiudere tutto al prezzo di liquidazione, senza commissioni</translation>
        </message>
        <message>
            <source>What closing all of it at the stop loss would realise, without fees</source>
            <translation>Quanto realizzerebbe chiudere tutto allo stop loss, senza commissioni</translation>
        </message>
        <message>
            <source>What closing all of it at the take profit would realise, without fees</source>
            <translation>Quanto realizzerebbe chiudere tutto al take profit, senza commissioni</translation>
        </message>
        <message>
            <source>What the take profit would still add ÷ what the stop loss would take from here</source>
            <translation>Quanto il take profit aggiungerebbe ancora ÷ quanto lo stop loss toglierebbe da qui</translation>
        </message>
        <message>
            <source>confidence {value}</source>
            <translation>confidenza {value}</translation>
        </message>
        <message>
            <source>volatility {value}</source>
            <translation>volatilità {value}</translation>
        </message>
    </context>
    <context>
        <name>Issue</name>
        <message>
            <source>A command of the last run has no verdict yet: wait until it is found.</source>
            <translation>Un comando dell'ultimo avvio non ha ancora un esito: attendi che si trovi.</translation>
        </message>
        <message>
            <source>A long position's stop loss must be below the {basis} {base}. Highest valid: {nearest}.</source>
            <translation>Lo stop loss di una posizione long deve stare sotto il {basis} {base}. Massimo valido: {nearest}.</translation>
        </message>
        <message>
            <source>A long position's take profit must be above the {basis} {base}. Lowest valid: {nearest}.</source>
            <translation>Il take profit di una posizione long deve stare sopra il {basis} {base}. Minimo valido: {nearest}.</translation>
        </message>
        <message>
            <source>A long's trailing stop starts above the {basis} {base}. Lowest valid: {nearest}.</source>
            <translation>Il trailing stop di un long parte sopra il {basis} {base}. Minimo valido: {nearest}.</translation>
        </message>
        <message>
            <source>A position may have at most {most} partial stops.</source>
            <translation>Una posizione può avere al massimo {most} stop parziali.</translation>
        </message>
        <message>
            <source>A reason has at most {most} letters.</source>
            <translation>Un motivo ha al massimo {most} lettere.</translation>
        </message>
        <message>
            <source>A short position's stop loss must be above the {basis} {base}. Lowest valid: {nearest}.</source>
            <translation>Lo stop loss di una posizione short deve stare sopra il {basis} {base}. Minimo valido: {nearest}.</translation>
        </message>
        <message>
            <source>A short position's take profit must be below the {basis} {base}. Highest valid: {nearest}.</source>
            <translation>Il take profit di una posizione short deve stare sotto il {basis} {base}. Massimo valido: {nearest}.</translation>
        </message>
        <message>
            <source>A short's trailing stop starts below the {basis} {base}. Highest valid: {nearest}.</source>
            <translation>Il trailing stop di uno short parte sotto il {basis} {base}. Massimo valido: {nearest}.</translation>
        </message>
        <message>
            <source>A size belongs to a stop of a part of the position.</source>
            <translation>Una quantità appartiene allo stop di una parte della posizione.</translation>
        </message>
        <message>
            <source>A trailing stop is for the entire position.</source>
            <translation>Un trailing stop vale per l'intera posizione.</translation>
        </message>
        <message>
            <source>An earlier command for this position is still on its way.</source>
            <translation>Un comando precedente per questa posizione è ancora in corso.</translation>
        </message>
        <message>
            <source>Both legs of a pair have the same size. Nearest valid: {nearest}.</source>
            <translation>Le due gambe di una coppia hanno la stessa quantità. Valido più vicino: {nearest}.</translation>
        </message>
        <message>
            <source>Bybit knows no such choice.</source>
            <translation>Bybit non conosce questa scelta.</translation>
        </message>
        <message>
            <source>Enter a price above zero.</source>
            <translation>Inserisci un prezzo sopra zero.</translation>
        </message>
        <message>
            <source>Enter a quantity above zero. Lowest valid: {nearest}.</source>
            <translation>Inserisci una quantità sopra zero. Minimo valido: {nearest}.</translation>
        </message>
        <message>
            <source>Enter a reason.</source>
            <translation>Inserisci un motivo.</translation>
        </message>
        <message>
            <source>Enter the part that this is for. Highest valid: {nearest}.</source>
            <translation>Inserisci la parte a cui si riferisce. Massimo valido: {nearest}.</translation>
        </message>
        <message>
            <source>It waited too long to be sent and was let go. Nothing was sent.</source>
            <translation>Ha atteso troppo prima dell'invio ed è stato lasciato cadere. Non è stato inviato nulla.</translation>
        </message>
        <message>
            <source>Leverage goes in steps. Nearest valid: {nearest}.</source>
            <translation>La leva va a passi. Valido più vicino: {nearest}.</translation>
        </message>
        <message>
            <source>Liquidation at {liq} would come first. Highest valid: {nearest}.</source>
            <translation>La liquidazione a {liq} arriverebbe prima. Massimo valido: {nearest}.</translation>
        </message>
        <message>
            <source>Liquidation at {liq} would come first. Lowest valid: {nearest}.</source>
            <translation>La liquidazione a {liq} arriverebbe prima. Minimo valido: {nearest}.</translation>
        </message>
        <message>
            <source>Liquidation would come before a stop so far away. Nearest valid: {nearest}.</source>
            <translation>La liquidazione arriverebbe prima di uno stop così lontano. Valido più vicino: {nearest}.</translation>
        </message>
        <message>
            <source>More than that is filled already: {filled}.</source>
            <translation>Ne è già stato eseguito di più: {filled}.</translation>
        </message>
        <message>
            <source>Nothing to change yet</source>
            <translation>Ancora nulla da cambiare</translation>
        </message>
        <message>
            <source>One order may have at most {max}. Highest valid: {nearest}.</source>
            <translation>Un ordine può avere al massimo {max}. Massimo valido: {nearest}.</translation>
        </message>
        <message>
            <source>Prices go in ticks of {tick}. Nearest valid: {nearest}.</source>
            <translation>I prezzi vanno a tick di {tick}. Valido più vicino: {nearest}.</translation>
        </message>
        <message>
            <source>Quantities go in steps of {step}. Nearest valid: {nearest}.</source>
            <translation>Le quantità vanno a passi di {step}. Valido più vicino: {nearest}.</translation>
        </message>
        <message>
            <source>Something open keeps this contract in the other position mode.</source>
            <translation>Qualcosa di aperto tiene questo contratto nell'altra modalità di posizione.</translation>
        </message>
        <message>
            <source>Stops of the entire position are market orders.</source>
            <translation>Gli stop dell'intera posizione sono ordini a mercato.</translation>
        </message>
        <message>
            <source>That is no order id of ours.</source>
            <translation>Questo non è un id ordine nostro.</translation>
        </message>
        <message>
            <source>That side does not fit the leg of a hedged position.</source>
            <translation>Questo lato non è adatto alla gamba di una posizione in hedge.</translation>
        </message>
        <message>
            <source>The contract allows no such leverage. Nearest valid: {nearest}.</source>
            <translation>Il contratto non ammette questa leva. Valido più vicino: {nearest}.</translation>
        </message>
        <message>
            <source>The contract allows no such price. Nearest valid: {nearest}.</source>
            <translation>Il contratto non ammette questo prezzo. Valido più vicino: {nearest}.</translation>
        </message>
        <message>
            <source>The desk is closing: it takes no more commands.</source>
            <translation>Il desk si sta chiudendo: non accetta altri comandi.</translation>
        </message>
        <message>
            <source>The distance must be smaller than the price. Highest valid: {nearest}.</source>
            <translation>La distanza dev'essere minore del prezzo. Massimo valido: {nearest}.</translation>
        </message>
        <message>
            <source>The exchange's time cannot be told now: nothing is sent until it can.</source>
            <translation>L'ora dell'exchange non si può determinare adesso: non si invia nulla finché non è possibile.</translation>
        </message>
        <message>
            <source>The limits of this contract are not known yet.</source>
            <translation>I limiti di questo contratto non sono ancora noti.</translation>
        </message>
        <message>
            <source>The order is worth too little. Lowest valid: {nearest}.</source>
            <translation>L'ordine vale troppo poco. Minimo valido: {nearest}.</translation>
        </message>
        <message>
            <source>The position has just traded: its executions are not here yet.</source>
            <translation>La posizione ha appena scambiato: le sue esecuzioni non sono ancora arrivate.</translation>
        </message>
        <message>
            <source>The position holds {size}. Highest valid: {nearest}.</source>
            <translation>La posizione contiene {size}. Massimo valido: {nearest}.</translation>
        </message>
        <message>
            <source>The smallest distance is one tick. Lowest valid: {nearest}.</source>
            <translation>La distanza minima è un tick. Minimo valido: {nearest}.</translation>
        </message>
        <message>
            <source>The smallest order is {min}. Lowest valid: {nearest}.</source>
            <translation>L'ordine minimo è {min}. Minimo valido: {nearest}.</translation>
        </message>
        <message>
            <source>The {basis} {base} has passed this trigger already. Nearest valid: {nearest}.</source>
            <translation>Il {basis} {base} ha già superato questo trigger. Valido più vicino: {nearest}.</translation>
        </message>
        <message>
            <source>There is a position of {size} already.</source>
            <translation>C'è già una posizione di {size}.</translation>
        </message>
        <message>
            <source>There is no fresh price to check this against.</source>
            <translation>Non c'è un prezzo fresco con cui verificarlo.</translation>
        </message>
        <message>
            <source>There is nothing that this would apply to.</source>
            <translation>Non c'è nulla a cui si applicherebbe.</translation>
        </message>
        <message>
            <source>This cannot be sent now ({code}).</source>
            <translation>Ora non si può inviare ({code}).</translation>
        </message>
        <message>
            <source>This contract does not trade now.</source>
            <translation>Questo contratto ora non è negoziato.</translation>
        </message>
        <message>
            <source>This contract has no hedge mode.</source>
            <translation>Questo contratto non ha la modalità hedge.</translation>
        </message>
        <message>
            <source>This has its verdict by now: there is nothing to retry.</source>
            <translation>Questo ormai ha il suo esito: non c'è nulla da riprovare.</translation>
        </message>
        <message>
            <source>This is another position than the one that was opened here.</source>
            <translation>Questa è un'altra posizione rispetto a quella aperta qui.</translation>
        </message>
        <message>
            <source>This key may only look: the desk is a monitor.</source>
            <translation>Questa chiave può solo guardare: il desk è un monitor.</translation>
        </message>
        <message>
            <source>This order has no limit price.</source>
            <translation>Questo ordine non ha un prezzo limite.</translation>
        </message>
        <message>
            <source>This order has no trigger price that could be moved.</source>
            <translation>Questo ordine non ha un prezzo trigger che si possa spostare.</translation>
        </message>
        <message>
            <source>This order is always as big as its position.</source>
            <translation>Questo ordine è sempre grande quanto la sua posizione.</translation>
        </message>
        <message>
            <source>This order is no longer open.</source>
            <translation>Questo ordine non è più aperto.</translation>
        </message>
        <message>
            <source>This position is no longer open.</source>
            <translation>Questa posizione non è più aperta.</translation>
        </message>
        <message>
            <source>Trading is locked. Arm it in the top bar first.</source>
            <translation>Il trading è bloccato. Prima abilitalo nella barra in alto.</translation>
        </message>
        <message>
            <source>Use {value}</source>
            <translation>Usa {value}</translation>
        </message>
        <message>
            <source>What left no trace may still be carried out: only the same may be sent again, or all that is open closed at market.</source>
            <translation>Ciò che non ha lasciato traccia può ancora essere eseguito: si può inviare di nuovo soltanto lo stesso, o chiudere a mercato tutto ciò che è aperto.</translation>
        </message>
        <message>
            <source>What left no trace may still be carried out: only the same may be sent again, {nearest}, or all that is open closed at market.</source>
            <translation>Ciò che non ha lasciato traccia può ancora essere eseguito: si può inviare di nuovo soltanto lo stesso, {nearest}, o chiudere a mercato tutto ciò che è aperto.</translation>
        </message>
        <message>
            <source>{count} positions are open; the limit is {most}.</source>
            <translation>{count} posizioni aperte; il limite è {most}.</translation>
        </message>
        <message>
            <source>{held} of the position has such a stop already. Highest valid: {nearest}.</source>
            <translation>{held} della posizione hanno già uno stop così. Massimo valido: {nearest}.</translation>
        </message>
    </context>
    <context>
        <name>Key</name>
        <message>
            <source>API key</source>
            <translation>Chiave API</translation>
        </message>
        <message>
            <source>API secret</source>
            <translation>Segreto API</translation>
        </message>
        <message>
            <source>Accounts</source>
            <translation>Account</translation>
        </message>
        <message>
            <source>Add account</source>
            <translation>Aggiungi account</translation>
        </message>
        <message>
            <source>Added {date}  ·  {kind} key</source>
            <translation>Aggiunta il {date}  ·  chiave {kind}</translation>
        </message>
        <message>
            <source>Add…</source>
            <translation>Aggiungi…</translation>
        </message>
        <message>
            <source>Again</source>
            <translation>Di nuovo</translation>
        </message>
        <message>
            <source>Asking…</source>
            <translation>Verifica in corso…</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Chiudi</translation>
        </message>
        <message>
            <source>Demo trading does not tell what a key may do.</source>
            <translation>Il demo trading non dice che cosa può fare una chiave.</translation>
        </message>
        <message>
            <source>Empty the clipboard, which holds the secret</source>
            <translation>Svuota gli appunti, che contengono il segreto</translation>
        </message>
        <message>
            <source>Encrypted file</source>
            <translation>File cifrato</translation>
        </message>
        <message>
            <source>Environment</source>
            <translation>Ambiente</translation>
        </message>
        <message>
            <source>Forget…</source>
            <translation>Dimentica…</translation>
        </message>
        <message>
            <source>I have read this and use the key all the same</source>
            <translation>Ho letto e uso comunque la chiave</translation>
        </message>
        <message>
            <source>In use</source>
            <translation>In uso</translation>
        </message>
        <message>
            <source>It expires in {n} days.</source>
            <translation>Scade fra {n} giorni.</translation>
        </message>
        <message>
            <source>It expires within a day.</source>
            <translation>Scade entro un giorno.</translation>
        </message>
        <message>
            <source>It has expired. Make a new one at Bybit.</source>
            <translation>È scaduta. Creane una nuova su Bybit.</translation>
        </message>
        <message>
            <source>It lacks the right to orders or to positions of derivatives.</source>
            <translation>Le manca il permesso per gli ordini o le posizioni in derivati.</translation>
        </message>
        <message>
            <source>It may only read.</source>
            <translation>Può solo leggere.</translation>
        </message>
        <message>
            <source>It may transfer money between accounts. The desk never does; take the right away at Bybit.</source>
            <translation>Può trasferire denaro fra account. Il desk non lo fa mai; togli il permesso su Bybit.</translation>
        </message>
        <message>
            <source>It may withdraw money. A desk needs no such right, and whoever steals the key would have it.</source>
            <translation>Può prelevare denaro. A un desk questo permesso non serve, e chi rubasse la chiave lo avrebbe.</translation>
        </message>
        <message>
            <source>It works from any internet address. Bind it to yours: a stolen key can lose your money by trading alone.</source>
            <translation>Funziona da qualsiasi indirizzo internet. Vincolala al tuo: una chiave rubata può farti perdere denaro anche solo operando.</translation>
        </message>
        <message>
            <source>Keep in</source>
            <translation>Conserva in</translation>
        </message>
        <message>
            <source>May trade</source>
            <translation>Può operare</translation>
        </message>
        <message>
            <source>Monitor only: the desk shows everything and sends nothing</source>
            <translation>Solo monitor: il desk mostra tutto e non invia nulla</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Nome</translation>
        </message>
        <message>
            <source>No keys are stored for this environment yet. Add… takes one that you made at Bybit.</source>
            <translation>Per questo ambiente non ci sono ancora chiavi. Aggiungi… ne accetta una creata su Bybit.</translation>
        </message>
        <message>
            <source>Nobody has touched the desk for a while. The passphrase of {account} opens it again.</source>
            <translation>Nessuno ha toccato il desk da un po'. La passphrase di {account} lo riapre.</translation>
        </message>
        <message>
            <source>Passphrase</source>
            <translation>Passphrase</translation>
        </message>
        <message>
            <source>Passphrase again</source>
            <translation>Di nuovo la passphrase</translation>
        </message>
        <message>
            <source>Really forget it</source>
            <translation>Dimenticala davvero</translation>
        </message>
        <message>
            <source>Refused</source>
            <translation>Rifiutata</translation>
        </message>
        <message>
            <source>Rename</source>
            <translation>Rinomina</translation>
        </message>
        <message>
            <source>Replace key</source>
            <translation>Sostituisci chiave</translation>
        </message>
        <message>
            <source>Replace key…</source>
            <translation>Sostituisci chiave…</translation>
        </message>
        <message>
            <source>Rights: {rights}  ·  Bound to: {addresses}  ·  Expires: {expiry}</source>
            <translation>Permessi: {rights}  ·  Vincolata a: {addresses}  ·  Scade: {expiry}</translation>
        </message>
        <message>
            <source>System key ring</source>
            <translation>Portachiavi di sistema</translation>
        </message>
        <message>
            <source>Test</source>
            <translation>Prova</translation>
        </message>
        <message>
            <source>Test key</source>
            <translation>Prova la chiave</translation>
        </message>
        <message>
            <source>The paper exchange runs on this computer. Nothing there is real but the practice.</source>
            <translation>L'exchange paper gira su questo computer. Lì nulla è reale, se non la pratica.</translation>
        </message>
        <message>
            <source>The two passphrases differ</source>
            <translation>Le due passphrase non coincidono</translation>
        </message>
        <message>
            <source>This session only</source>
            <translation>Solo questa sessione</translation>
        </message>
        <message>
            <source>Unlock</source>
            <translation>Sblocca</translation>
        </message>
        <message>
            <source>Unlock the desk</source>
            <translation>Sblocca il desk</translation>
        </message>
        <message>
            <source>Use</source>
            <translation>Usa</translation>
        </message>
        <message>
            <source>Use {account}</source>
            <translation>Usa {account}</translation>
        </message>
        <message>
            <source>any address</source>
            <translation>qualsiasi indirizzo</translation>
        </message>
        <message>
            <source>in use</source>
            <translation>in uso</translation>
        </message>
        <message>
            <source>practice without a key</source>
            <translation>pratica senza chiave</translation>
        </message>
        <message>
            <source>read</source>
            <translation>lettura</translation>
        </message>
        <message>
            <source>secret, or an RSA private key as PEM</source>
            <translation>segreto, o una chiave privata RSA in formato PEM</translation>
        </message>
        <message>
            <source>trade</source>
            <translation>trading</translation>
        </message>
        <message>
            <source>transfer</source>
            <translation>trasferimento</translation>
        </message>
        <message>
            <source>withdraw</source>
            <translation>prelievo</translation>
        </message>
        <message>
            <source>{shown} and {n} more</source>
            <translation>{shown} e altri {n}</translation>
        </message>
    </context>
    <context>
        <name>Keys</name>
        <message>
            <source>Keys</source>
            <translation>Tasti</translation>
        </message>
        <message>
            <source>compare everything with Bybit now</source>
            <translation>confronta tutto con Bybit adesso</translation>
        </message>
        <message>
            <source>copy the selected rows</source>
            <translation>copia le righe selezionate</translation>
        </message>
        <message>
            <source>filter the table; Esc ends it</source>
            <translation>filtra la tabella; Esc termina</translation>
        </message>
        <message>
            <source>find a command or a position by a few letters</source>
            <translation>trova un comando o una posizione con poche lettere</translation>
        </message>
        <message>
            <source>fold a closed position, unfold it</source>
            <translation>richiude una posizione chiusa, la apre</translation>
        </message>
        <message>
            <source>hide money and sizes, or show them again</source>
            <translation>nascondi importi e quantità, o mostrali di nuovo</translation>
        </message>
        <message>
            <source>in the chart: move it by a tick, with Shift by ten; Enter opens the dialog, Esc puts it back</source>
            <translation>nel grafico: spostalo di un tick, con Maiusc di dieci; Invio apre la finestra, Esc lo rimette a posto</translation>
        </message>
        <message>
            <source>in the chart: take hold of the stop loss, the take profit</source>
            <translation>nel grafico: afferra lo stop loss, il take profit</translation>
        </message>
        <message>
            <source>in the chart: walk through time, zoom, back to the newest bars</source>
            <translation>nel grafico: scorri nel tempo, ingrandisci, torna alle barre più recenti</translation>
        </message>
        <message>
            <source>leave a dialog; it never trades</source>
            <translation>lascia una finestra; non opera mai</translation>
        </message>
        <message>
            <source>lock trading at once</source>
            <translation>blocca subito il trading</translation>
        </message>
        <message>
            <source>open the close dialog of the row</source>
            <translation>apri la finestra di chiusura della riga</translation>
        </message>
        <message>
            <source>quit; positions and their stops stay at Bybit</source>
            <translation>esci; posizioni e stop restano su Bybit</translation>
        </message>
        <message>
            <source>reach the buttons of a row, press one</source>
            <translation>raggiungi i pulsanti di una riga, premine uno</translation>
        </message>
        <message>
            <source>the next table</source>
            <translation>la tabella successiva</translation>
        </message>
        <message>
            <source>the position in the Inspector</source>
            <translation>la posizione nell'Inspector</translation>
        </message>
        <message>
            <source>the settings</source>
            <translation>le impostazioni</translation>
        </message>
        <message>
            <source>the stops from before the last edit, in their dialog</source>
            <translation>gli stop di prima dell'ultima modifica, nella loro finestra</translation>
        </message>
        <message>
            <source>the table before</source>
            <translation>la tabella precedente</translation>
        </message>
        <message>
            <source>this sheet</source>
            <translation>questo foglio</translation>
        </message>
    </context>
    <context>
        <name>Leaving</name>
        <message>
            <source>Closing the desk</source>
            <translation>Chiusura del desk</translation>
        </message>
        <message>
            <source>Commands on their way</source>
            <translation>Comandi in corso</translation>
        </message>
        <message>
            <source>Leave now</source>
            <translation>Esci ora</translation>
        </message>
        <message>
            <source>Leaving this account</source>
            <translation>Uscita da questo account</translation>
        </message>
        <message>
            <source>Stay</source>
            <translation>Resta</translation>
        </message>
        <message>
            <source>The desk waits for Bybit's word on what was sent, at most {s} s more. What has none by then stays in the journal as unknown; the next start finds out before anything else can be sent.</source>
            <translation>Il desk attende la risposta di Bybit su ciò che è stato inviato, al massimo altri {s} s. Ciò che non ne ha una resta nel giornale come ignoto; il prossimo avvio lo accerta prima che si possa inviare altro.</translation>
        </message>
        <message>
            <source>{n} without a verdict</source>
            <translation>{n} senza esito</translation>
        </message>
    </context>
    <context>
        <name>Life</name>
        <message>
            <source>Average entry</source>
            <translation>Entrata media</translation>
        </message>
        <message>
            <source>Average exit</source>
            <translation>Uscita media</translation>
        </message>
        <message>
            <source>Best / worst seen</source>
            <translation>Max / min visti</translation>
        </message>
        <message>
            <source>Close the details</source>
            <translation>Chiudi i dettagli</translation>
        </message>
        <message>
            <source>Close the details (Esc)</source>
            <translation>Chiudi i dettagli (Esc)</translation>
        </message>
        <message>
            <source>Closed by</source>
            <translation>Chiusa da</translation>
        </message>
        <message>
            <source>Closed position</source>
            <translation>Posizione chiusa</translation>
        </message>
        <message>
            <source>ENTRIES, EXITS AND FUNDING</source>
            <translation>ENTRATE, USCITE E FUNDING</translation>
        </message>
        <message>
            <source>Fees</source>
            <translation>Commissioni</translation>
        </message>
        <message>
            <source>Funding</source>
            <translation>Funding</translation>
        </message>
        <message>
            <source>Gross</source>
            <translation>Lordo</translation>
        </message>
        <message>
            <source>Move</source>
            <translation>Movimento</translation>
        </message>
        <message>
            <source>Net PnL</source>
            <translation>PnL netto</translation>
        </message>
        <message>
            <source>No partial exit</source>
            <translation>Nessuna uscita parziale</translation>
        </message>
        <message>
            <source>Not known</source>
            <translation>Non noto</translation>
        </message>
        <message>
            <source>PARTIAL EXITS</source>
            <translation>USCITE PARZIALI</translation>
        </message>
        <message>
            <source>Peak size</source>
            <translation>Quantità max</translation>
        </message>
        <message>
            <source>The money is that of Bybit's own records: executions are missing.</source>
            <translation>Gli importi sono quelli dei registri di Bybit: mancano esecuzioni.</translation>
        </message>
        <message>
            <source>The result is pending: Bybit has not reported all of it yet.</source>
            <translation>Il risultato è in attesa: Bybit non ha ancora riportato tutto.</translation>
        </message>
        <message>
            <source>entry</source>
            <translation>entrata</translation>
        </message>
        <message>
            <source>exit</source>
            <translation>uscita</translation>
        </message>
        <message>
            <source>{opened} → {closed} · held {held}</source>
            <translation>{opened} → {closed} · tenuta {held}</translation>
        </message>
    </context>
    <context>
        <name>Link</name>
        <message>
            <source>Private stream</source>
            <translation>Flusso privato</translation>
        </message>
        <message>
            <source>REST</source>
            <translation>REST</translation>
        </message>
        <message>
            <source>Tickers</source>
            <translation>Ticker</translation>
        </message>
    </context>
    <context>
        <name>Main</name>
        <message>
            <source>Inspector</source>
            <translation>Inspector</translation>
        </message>
        <message>
            <source>Session</source>
            <translation>Sessione</translation>
        </message>
        <message>
            <source>There is no edit of this position's stops to take back</source>
            <translation>Non c'è una modifica degli stop di questa posizione da ripristinare</translation>
        </message>
    </context>
    <context>
        <name>Menu</name>
        <message>
            <source>About Quarterdeck</source>
            <translation>Informazioni su Quarterdeck</translation>
        </message>
        <message>
            <source>Accounts…</source>
            <translation>Account…</translation>
        </message>
        <message>
            <source>As the system</source>
            <translation>Come il sistema</translation>
        </message>
        <message>
            <source>Colour-blind pair</source>
            <translation>Coppia per daltonici</translation>
        </message>
        <message>
            <source>Commands…</source>
            <translation>Comandi…</translation>
        </message>
        <message>
            <source>Compact rows</source>
            <translation>Righe compatte</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>Scuro</translation>
        </message>
        <message>
            <source>Flash changed cells</source>
            <translation>Evidenzia le celle cambiate</translation>
        </message>
        <message>
            <source>Hide money and sizes</source>
            <translation>Nascondi importi e quantità</translation>
        </message>
        <message>
            <source>Hide or show money and sizes</source>
            <translation>Nascondi o mostra importi e quantità</translation>
        </message>
        <message>
            <source>Keys</source>
            <translation>Tasti</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>Chiaro</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>Esci</translation>
        </message>
        <message>
            <source>Reconcile now</source>
            <translation>Riconcilia adesso</translation>
        </message>
        <message>
            <source>Red for gains, green for losses</source>
            <translation>Rosso per i guadagni, verde per le perdite</translation>
        </message>
        <message>
            <source>Reset layout</source>
            <translation>Ripristina disposizione</translation>
        </message>
        <message>
            <source>Settings…</source>
            <translation>Impostazioni…</translation>
        </message>
        <message>
            <source>Theme</source>
            <translation>Tema</translation>
        </message>
    </context>
    <context>
        <name>Notice</name>
        <message>
            <source>Dismiss</source>
            <translation>Ignora</translation>
        </message>
    </context>
    <context>
        <name>Order</name>
        <message>
            <source>Buy</source>
            <translation>Compra</translation>
        </message>
        <message>
            <source>Conditional</source>
            <translation>Condizionale</translation>
        </message>
        <message>
            <source>Limit</source>
            <translation>Limite</translation>
        </message>
        <message>
            <source>Market</source>
            <translation>Mercato</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Aperto</translation>
        </message>
        <message>
            <source>Partial stop loss</source>
            <translation>Stop loss parziale</translation>
        </message>
        <message>
            <source>Partial take profit</source>
            <translation>Take profit parziale</translation>
        </message>
        <message>
            <source>Partly filled</source>
            <translation>Eseguito in parte</translation>
        </message>
        <message>
            <source>Sell</source>
            <translation>Vendi</translation>
        </message>
        <message>
            <source>Stop loss</source>
            <translation>Stop loss</translation>
        </message>
        <message>
            <source>TP/SL order</source>
            <translation>Ordine TP/SL</translation>
        </message>
        <message>
            <source>Take profit</source>
            <translation>Take profit</translation>
        </message>
        <message>
            <source>Trailing stop</source>
            <translation>Trailing stop</translation>
        </message>
        <message>
            <source>Triggered</source>
            <translation>Scattato</translation>
        </message>
        <message>
            <source>Waiting</source>
            <translation>In attesa</translation>
        </message>
        <message>
            <source>index</source>
            <translation>indice</translation>
        </message>
        <message>
            <source>last</source>
            <translation>ultimo</translation>
        </message>
        <message>
            <source>mark</source>
            <translation>mark</translation>
        </message>
    </context>
    <context>
        <name>Orders</name>
        <message>
            <source>Age</source>
            <translation>Età</translation>
        </message>
        <message>
            <source>Average of what is filled {price}</source>
            <translation>Media dell'eseguito {price}</translation>
        </message>
        <message>
            <source>Bybit's id {id}</source>
            <translation>Id di Bybit {id}</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Annulla</translation>
        </message>
        <message>
            <source>Goes off when the {watched} price reaches {price}</source>
            <translation>Scatta quando il prezzo {watched} raggiunge {price}</translation>
        </message>
        <message>
            <source>Last report {time}: {status}</source>
            <translation>Ultimo riscontro {time}: {status}</translation>
        </message>
        <message>
            <source>Limit price {price}</source>
            <translation>Prezzo limite {price}</translation>
        </message>
        <message>
            <source>Made {time} by {kind}</source>
            <translation>Creato {time} da {kind}</translation>
        </message>
        <message>
            <source>Not conditional</source>
            <translation>Non condizionale</translation>
        </message>
        <message>
            <source>Order</source>
            <translation>Ordine</translation>
        </message>
        <message>
            <source>Ordered {qty}, filled {filled}, left {left}, as Bybit reports it
0 stands for the entire position</source>
            <translation>Ordinati {qty}, eseguiti {filled}, restano {left}, come riportato da Bybit
0 indica l'intera posizione</translation>
        </message>
        <message>
            <source>Own id {id}</source>
            <translation>Id proprio {id}</translation>
        </message>
        <message>
            <source>Price</source>
            <translation>Prezzo</translation>
        </message>
        <message>
            <source>Protects</source>
            <translation>Protegge</translation>
        </message>
        <message>
            <source>Quantity</source>
            <translation>Quantità</translation>
        </message>
        <message>
            <source>Status</source>
            <translation>Stato</translation>
        </message>
        <message>
            <source>Symbol</source>
            <translation>Simbolo</translation>
        </message>
        <message>
            <source>The open position on the same contract and side that this order can only reduce
Distance = |trigger or limit − mark| ÷ mark</source>
            <translation>La posizione aperta sullo stesso contratto e lato che questo ordine può solo ridurre
Distanza = |trigger o limite − mark| ÷ mark</translation>
        </message>
        <message>
            <source>conditions</source>
            <translation>condizioni</translation>
        </message>
        <message>
            <source>distance</source>
            <translation>distanza</translation>
        </message>
        <message>
            <source>entire position</source>
            <translation>intera posizione</translation>
        </message>
        <message>
            <source>filled</source>
            <translation>eseguita</translation>
        </message>
        <message>
            <source>filled {qty}</source>
            <translation>eseguito {qty}</translation>
        </message>
        <message>
            <source>made</source>
            <translation>creato</translation>
        </message>
        <message>
            <source>market</source>
            <translation>mercato</translation>
        </message>
        <message>
            <source>opens</source>
            <translation>apre</translation>
        </message>
        <message>
            <source>protects nothing</source>
            <translation>non protegge nulla</translation>
        </message>
        <message>
            <source>reduce-only</source>
            <translation>reduce-only</translation>
        </message>
        <message>
            <source>trigger</source>
            <translation>trigger</translation>
        </message>
        <message>
            <source>{share} from mark</source>
            <translation>{share} dal mark</translation>
        </message>
    </context>
    <context>
        <name>Palette</name>
        <message>
            <source>About Quarterdeck</source>
            <translation>Informazioni su Quarterdeck</translation>
        </message>
        <message>
            <source>Accounts…</source>
            <translation>Account…</translation>
        </message>
        <message>
            <source>All keys</source>
            <translation>Tutti i tasti</translation>
        </message>
        <message>
            <source>Close {position}…</source>
            <translation>Chiudi {position}…</translation>
        </message>
        <message>
            <source>Command</source>
            <translation>Comando</translation>
        </message>
        <message>
            <source>Commands</source>
            <translation>Comandi</translation>
        </message>
        <message>
            <source>Commands found</source>
            <translation>Comandi trovati</translation>
        </message>
        <message>
            <source>Filter the table</source>
            <translation>Filtra la tabella</translation>
        </message>
        <message>
            <source>Go to {tab}</source>
            <translation>Vai a {tab}</translation>
        </message>
        <message>
            <source>Hide money and sizes</source>
            <translation>Nascondi importi e quantità</translation>
        </message>
        <message>
            <source>Lock trading</source>
            <translation>Blocca il trading</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>Esci</translation>
        </message>
        <message>
            <source>Reconcile now</source>
            <translation>Riconcilia adesso</translation>
        </message>
        <message>
            <source>Reset layout</source>
            <translation>Ripristina disposizione</translation>
        </message>
        <message>
            <source>Settings…</source>
            <translation>Impostazioni…</translation>
        </message>
        <message>
            <source>Show money and sizes</source>
            <translation>Mostra importi e quantità</translation>
        </message>
        <message>
            <source>Show or hide the Inspector</source>
            <translation>Mostra o nascondi l'Inspector</translation>
        </message>
        <message>
            <source>Show or hide the Session panel</source>
            <translation>Mostra o nascondi il pannello Sessione</translation>
        </message>
        <message>
            <source>Show {position}</source>
            <translation>Mostra {position}</translation>
        </message>
        <message>
            <source>TP/SL of {position}…</source>
            <translation>TP/SL di {position}…</translation>
        </message>
        <message>
            <source>What do you want to do?</source>
            <translation>Che cosa vuoi fare?</translation>
        </message>
    </context>
    <context>
        <name>Panel</name>
        <message>
            <source>All words must occur, -word must not. kind:stop looks in one column; pnl&lt;-10, roe&gt;=5 compare values.</source>
            <translation>Tutte le parole devono esserci, -parola no. kind:stop guarda in una colonna; pnl&lt;-10, roe&gt;=5 confrontano valori.</translation>
        </message>
        <message>
            <source>Bybit does not accept this key</source>
            <translation>Bybit non accetta questa chiave</translation>
        </message>
        <message>
            <source>Connecting…</source>
            <translation>Connessione…</translation>
        </message>
        <message>
            <source>Emptying it shows every row again.</source>
            <translation>Svuotandolo tornano tutte le righe.</translation>
        </message>
        <message>
            <source>Filter</source>
            <translation>Filtro</translation>
        </message>
        <message>
            <source>Filter by symbol, label or kind</source>
            <translation>Filtra per simbolo, etichetta o tipo</translation>
        </message>
        <message>
            <source>No connection yet</source>
            <translation>Ancora nessuna connessione</translation>
        </message>
        <message>
            <source>Nothing matches the filter</source>
            <translation>Nulla corrisponde al filtro</translation>
        </message>
        <message>
            <source>The desk tries again by itself. Nothing is shown before it is known.</source>
            <translation>Il desk riprova da sé. Nulla viene mostrato prima che sia noto.</translation>
        </message>
        <message>
            <source>The first complete picture takes a few seconds.</source>
            <translation>Il primo quadro completo richiede qualche secondo.</translation>
        </message>
        <message>
            <source>The line above says why. Accounts… in the menu, top right, replaces the key.</source>
            <translation>La riga sopra dice perché. Account… nel menu, in alto a destra, sostituisce la chiave.</translation>
        </message>
    </context>
    <context>
        <name>Positions</name>
        <message>
            <source>1 exit</source>
            <translation>1 uscita</translation>
        </message>
        <message>
            <source>1 position</source>
            <translation>1 posizione</translation>
        </message>
        <message>
            <source>Age of the report</source>
            <translation>Età del rapporto</translation>
        </message>
        <message>
            <source>Bot note</source>
            <translation>Nota del bot</translation>
        </message>
        <message>
            <source>Bot's confidence</source>
            <translation>Fiducia del bot</translation>
        </message>
        <message>
            <source>Break-even</source>
            <translation>Break-even</translation>
        </message>
        <message>
            <source>Break-even at Bybit</source>
            <translation>Pareggio su Bybit</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Annulla</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Chiudi</translation>
        </message>
        <message>
            <source>Close {qty} @ {price} waits</source>
            <translation>Chiusura {qty} @ {price} in attesa</translation>
        </message>
        <message>
            <source>Cross</source>
            <translation>Cross</translation>
        </message>
        <message>
            <source>Distance to break-even</source>
            <translation>Distanza dal pareggio</translation>
        </message>
        <message>
            <source>Entry</source>
            <translation>Entrata</translation>
        </message>
        <message>
            <source>Exits</source>
            <translation>Uscite</translation>
        </message>
        <message>
            <source>Fees paid</source>
            <translation>Commissioni pagate</translation>
        </message>
        <message>
            <source>Funding due</source>
            <translation>Scadenza del funding</translation>
        </message>
        <message>
            <source>Funding rate</source>
            <translation>Tasso di funding</translation>
        </message>
        <message>
            <source>Funding so far</source>
            <translation>Funding finora</translation>
        </message>
        <message>
            <source>Initial margin</source>
            <translation>Margine iniz.</translation>
        </message>
        <message>
            <source>Isolated</source>
            <translation>Isolato</translation>
        </message>
        <message>
            <source>Last price</source>
            <translation>Ultimo prezzo</translation>
        </message>
        <message>
            <source>Leverage</source>
            <translation>Leva</translation>
        </message>
        <message>
            <source>Liq. price</source>
            <translation>Prezzo liq.</translation>
        </message>
        <message>
            <source>Margin mode</source>
            <translation>Modalità di margine</translation>
        </message>
        <message>
            <source>Nearest exit</source>
            <translation>Uscita più vicina</translation>
        </message>
        <message>
            <source>No stop loss</source>
            <translation>Senza stop loss</translation>
        </message>
        <message>
            <source>Number of exits</source>
            <translation>Numero di uscite</translation>
        </message>
        <message>
            <source>Open for</source>
            <translation>Aperta da</translation>
        </message>
        <message>
            <source>Opened by</source>
            <translation>Aperta da</translation>
        </message>
        <message>
            <source>Opens a dialog; nothing is sent before it is confirmed there</source>
            <translation>Apre una finestra; nulla viene inviato prima della conferma</translation>
        </message>
        <message>
            <source>Portfolio</source>
            <translation>Portfolio</translation>
        </message>
        <message>
            <source>Price age</source>
            <translation>Età prezzo</translation>
        </message>
        <message>
            <source>ROE</source>
            <translation>ROE</translation>
        </message>
        <message>
            <source>Realised</source>
            <translation>Realizzato</translation>
        </message>
        <message>
            <source>Reduced by</source>
            <translation>Ridotta da</translation>
        </message>
        <message>
            <source>Result at stop loss</source>
            <translation>Risultato allo stop loss</translation>
        </message>
        <message>
            <source>Result at take profit</source>
            <translation>Risultato al take profit</translation>
        </message>
        <message>
            <source>Retry…</source>
            <translation>Riprova…</translation>
        </message>
        <message>
            <source>SL {price}</source>
            <translation>SL {price}</translation>
        </message>
        <message>
            <source>STALE · price over {age} old</source>
            <translation>FERMO · prezzo di oltre {age} fa</translation>
        </message>
        <message>
            <source>Share out</source>
            <translation>Quota uscita</translation>
        </message>
        <message>
            <source>Side</source>
            <translation>Lato</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Quantità</translation>
        </message>
        <message>
            <source>Stop loss distance</source>
            <translation>Distanza dallo stop loss</translation>
        </message>
        <message>
            <source>Symbol</source>
            <translation>Simbolo</translation>
        </message>
        <message>
            <source>TP {price}</source>
            <translation>TP {price}</translation>
        </message>
        <message>
            <source>TP/SL</source>
            <translation>TP/SL</translation>
        </message>
        <message>
            <source>Take profit / Stop loss</source>
            <translation>Take profit / Stop loss</translation>
        </message>
        <message>
            <source>Take profit distance</source>
            <translation>Distanza dal take profit</translation>
        </message>
        <message>
            <source>Trailing distance</source>
            <translation>Distanza del trailing</translation>
        </message>
        <message>
            <source>Unrealised PnL</source>
            <translation>PnL non realizz.</translation>
        </message>
        <message>
            <source>at Bybit</source>
            <translation>su Bybit</translation>
        </message>
        <message>
            <source>at stops {amount}</source>
            <translation>agli stop {amount}</translation>
        </message>
        <message>
            <source>closing… asking Bybit what happened</source>
            <translation>in chiusura… si chiede a Bybit che cosa è successo</translation>
        </message>
        <message>
            <source>closing… sending</source>
            <translation>in chiusura… invio</translation>
        </message>
        <message>
            <source>closing… waiting for fill</source>
            <translation>in chiusura… attende l'eseguito</translation>
        </message>
        <message>
            <source>distance</source>
            <translation>distanza</translation>
        </message>
        <message>
            <source>fees {amount}</source>
            <translation>comm. {amount}</translation>
        </message>
        <message>
            <source>funding</source>
            <translation>funding</translation>
        </message>
        <message>
            <source>hedge</source>
            <translation>hedge</translation>
        </message>
        <message>
            <source>indicators</source>
            <translation>indicatori</translation>
        </message>
        <message>
            <source>locks {amount}</source>
            <translation>blocca {amount}</translation>
        </message>
        <message>
            <source>mark</source>
            <translation>mark</translation>
        </message>
        <message>
            <source>max loss {amount} to liquidation</source>
            <translation>perdita max {amount} fino a liq.</translation>
        </message>
        <message>
            <source>net of fees</source>
            <translation>al netto comm.</translation>
        </message>
        <message>
            <source>one-way</source>
            <translation>unidirezionale</translation>
        </message>
        <message>
            <source>reduced by</source>
            <translation>ridotta da</translation>
        </message>
        <message>
            <source>report</source>
            <translation>riscontro</translation>
        </message>
        <message>
            <source>risk {amount}</source>
            <translation>rischio {amount}</translation>
        </message>
        <message>
            <source>this desk</source>
            <translation>questo desk</translation>
        </message>
        <message>
            <source>trailing {share}</source>
            <translation>trailing {share}</translation>
        </message>
        <message>
            <source>value</source>
            <translation>valore</translation>
        </message>
        <message>
            <source>without an own id</source>
            <translation>senza id proprio</translation>
        </message>
        <message>
            <source>{amount} in {due}</source>
            <translation>{amount} fra {due}</translation>
        </message>
        <message>
            <source>{long} long · {short} short</source>
            <translation>{long} long · {short} short</translation>
        </message>
        <message>
            <source>{n} closes wait: {qty}</source>
            <translation>{n} chiusure in attesa: {qty}</translation>
        </message>
        <message>
            <source>{n} exits</source>
            <translation>{n} uscite</translation>
        </message>
        <message>
            <source>{n} positions</source>
            <translation>{n} posizioni</translation>
        </message>
        <message>
            <source>{n} without a stop</source>
            <translation>{n} senza stop</translation>
        </message>
        <message>
            <source>{share} of equity</source>
            <translation>{share} equity</translation>
        </message>
    </context>
    <context>
        <name>Reason</name>
        <message>
            <source>auto-deleveraging</source>
            <translation>auto-deleveraging</translation>
        </message>
        <message>
            <source>liquidation</source>
            <translation>liquidazione</translation>
        </message>
        <message>
            <source>manual</source>
            <translation>manuale</translation>
        </message>
        <message>
            <source>not by this desk</source>
            <translation>non da questo desk</translation>
        </message>
        <message>
            <source>settlement</source>
            <translation>regolamento</translation>
        </message>
        <message>
            <source>stop loss</source>
            <translation>stop loss</translation>
        </message>
        <message>
            <source>take profit</source>
            <translation>take profit</translation>
        </message>
        <message>
            <source>trailing stop</source>
            <translation>trailing stop</translation>
        </message>
    </context>
    <context>
        <name>Refusal</name>
        <message>
            <source>It was not sent.</source>
            <translation>Non è stato inviato.</translation>
        </message>
    </context>
    <context>
        <name>Session</name>
        <message>
            <source>1 trade</source>
            <translation>1 operazione</translation>
        </message>
        <message>
            <source>30 d</source>
            <translation>30 g</translation>
        </message>
        <message>
            <source>7 d</source>
            <translation>7 g</translation>
        </message>
        <message>
            <source>All</source>
            <translation>Tutto</translation>
        </message>
        <message>
            <source>Average hold</source>
            <translation>Durata media</translation>
        </message>
        <message>
            <source>Average net result of a trade. In R: the same ÷ the average loss {average_loss}, which stands for the risk of a trade: no history says what it was at first. n = {known}.</source>
            <translation>Risultato netto medio di un'operazione. In R: lo stesso ÷ la perdita media {average_loss}, che sta per il rischio di un'operazione: nessuno storico dice quale fosse all'inizio. n = {known}.</translation>
        </message>
        <message>
            <source>Average net result of {wins} wins, and of {losses} losses.</source>
            <translation>Risultato netto medio di {wins} vincenti, e di {losses} perdenti.</translation>
        </message>
        <message>
            <source>Average time from opening to flat, of trades whose opening is known. n ≤ {n}.</source>
            <translation>Tempo medio dall'apertura al flat, delle operazioni di cui si conosce l'apertura. n ≤ {n}.</translation>
        </message>
        <message>
            <source>Average win / loss</source>
            <translation>Media vinte / perse</translation>
        </message>
        <message>
            <source>By symbol</source>
            <translation>Per simbolo</translation>
        </message>
        <message>
            <source>Calendar</source>
            <translation>Calendario</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Annulla</translation>
        </message>
        <message>
            <source>Closed positions by net result in steps, losses at the left; the outermost steps take all beyond. n = {n} in USDT and USDC; exactly zero: {zero}; pending: {pending}.</source>
            <translation>Posizioni chiuse per risultato netto a scaglioni, perdite a sinistra; gli scaglioni estremi prendono tutto il resto. n = {n} in USDT e USDC; esattamente zero: {zero}; in attesa: {pending}.</translation>
        </message>
        <message>
            <source>Closed trades</source>
            <translation>Operazioni chiuse</translation>
        </message>
        <message>
            <source>Counting…</source>
            <translation>Calcolo…</translation>
        </message>
        <message>
            <source>Distribution</source>
            <translation>Distribuzione</translation>
        </message>
        <message>
            <source>Equity of the account in dollars at the newest marks, since the desk began to watch. n = {n} points.</source>
            <translation>Equity del conto in dollari ai mark più recenti, da quando il desk osserva. n = {n} punti.</translation>
        </message>
        <message>
            <source>Equity since start</source>
            <translation>Equity dall'avvio</translation>
        </message>
        <message>
            <source>Expectancy</source>
            <translation>Expectancy</translation>
        </message>
        <message>
            <source>Export</source>
            <translation>Esporta</translation>
        </message>
        <message>
            <source>Fees / funding</source>
            <translation>Comm. / funding</translation>
        </message>
        <message>
            <source>Fees paid (entries and exits), and funding: plus was received. n = {known}.</source>
            <translation>Commissioni pagate (entrate e uscite), e funding: più significa ricevuto. n = {known}.</translation>
        </message>
        <message>
            <source>Fri</source>
            <translation>Ven</translation>
        </message>
        <message>
            <source>Gross results − fees + funding, USDT and USDC summed as dollars. n = {known}.</source>
            <translation>Risultati lordi − commissioni + funding, USDT e USDC sommati come dollari. n = {known}.</translation>
        </message>
        <message>
            <source>How many trades had which net result</source>
            <translation>Quante operazioni con quale risultato netto</translation>
        </message>
        <message>
            <source>Longest streaks</source>
            <translation>Serie più lunghe</translation>
        </message>
        <message>
            <source>Max drawdown</source>
            <translation>Max drawdown</translation>
        </message>
        <message>
            <source>Mon</source>
            <translation>Lun</translation>
        </message>
        <message>
            <source>Month after</source>
            <translation>Mese successivo</translation>
        </message>
        <message>
            <source>Month before</source>
            <translation>Mese precedente</translation>
        </message>
        <message>
            <source>Net PnL</source>
            <translation>PnL netto</translation>
        </message>
        <message>
            <source>Net PnL by hour of closing (UTC)</source>
            <translation>PnL netto per ora di chiusura (UTC)</translation>
        </message>
        <message>
            <source>Net PnL per day (UTC)</source>
            <translation>PnL netto per giorno (UTC)</translation>
        </message>
        <message>
            <source>Net results of the positions closed on each UTC day, in USDT and USDC. n = {n}.</source>
            <translation>Risultati netti delle posizioni chiuse in ogni giorno UTC, in USDT e USDC. n = {n}.</translation>
        </message>
        <message>
            <source>No closed trade yet</source>
            <translation>Ancora nessuna operazione chiusa</translation>
        </message>
        <message>
            <source>No two trades closed in this period</source>
            <translation>In questo periodo non si sono chiuse due operazioni</translation>
        </message>
        <message>
            <source>Not two figures yet</source>
            <translation>Non ancora due cifre</translation>
        </message>
        <message>
            <source>Nothing was closed in this period</source>
            <translation>In questo periodo non è stato chiuso nulla</translation>
        </message>
        <message>
            <source>Period</source>
            <translation>Periodo</translation>
        </message>
        <message>
            <source>Picture (*.png)</source>
            <translation>Immagine (*.png)</translation>
        </message>
        <message>
            <source>Positions from flat to flat: {known} with a known result, {pending} pending.</source>
            <translation>Posizioni da flat a flat: {known} con risultato noto, {pending} in attesa.</translation>
        </message>
        <message>
            <source>Profit factor</source>
            <translation>Profit factor</translation>
        </message>
        <message>
            <source>Running sum of net results</source>
            <translation>Somma progressiva dei risultati netti</translation>
        </message>
        <message>
            <source>Sat</source>
            <translation>Sab</translation>
        </message>
        <message>
            <source>Save this period as CSV, or the panel as PNG</source>
            <translation>Salva questo periodo come CSV, o il pannello come PNG</translation>
        </message>
        <message>
            <source>Session</source>
            <translation>Sessione</translation>
        </message>
        <message>
            <source>Session statistics</source>
            <translation>Statistiche della sessione</translation>
        </message>
        <message>
            <source>Since start</source>
            <translation>Dall'avvio</translation>
        </message>
        <message>
            <source>Sum of the net results (gross − fees + funding, USDT and USDC) of positions in the order of closing. Open positions do not count. n = {n}.</source>
            <translation>Somma dei risultati netti (lordo − commissioni + funding, USDT e USDC) delle posizioni in ordine di chiusura. Le posizioni aperte non contano. n = {n}.</translation>
        </message>
        <message>
            <source>Sum of the net results of positions by the UTC hour in which they closed, USDT and USDC. n = {n}.</source>
            <translation>Somma dei risultati netti delle posizioni per ora UTC di chiusura, USDT e USDC. n = {n}.</translation>
        </message>
        <message>
            <source>Sum of winning results {profit} ÷ sum of losing results {loss}. n = {known}.</source>
            <translation>Somma dei risultati vincenti {profit} ÷ somma dei risultati perdenti {loss}. n = {known}.</translation>
        </message>
        <message>
            <source>Sun</source>
            <translation>Dom</translation>
        </message>
        <message>
            <source>Table (*.csv)</source>
            <translation>Tabella (*.csv)</translation>
        </message>
        <message>
            <source>The largest fall of the running sum of net results from its highest point, trade by trade. Open positions do not count. n = {known}.</source>
            <translation>La caduta più grande della somma progressiva dei risultati netti dal suo massimo, operazione per operazione. Le posizioni aperte non contano. n = {known}.</translation>
        </message>
        <message>
            <source>The most wins and the most losses in a row, in order of closing; now: the row that the newest trade ends (+ won, − lost). Break-even ends a row, pending trades are passed over. n = {known}.</source>
            <translation>Il massimo di vincite e di perdite di fila, in ordine di chiusura; ora: la serie che l'operazione più recente conclude (+ vinte, − perse). Il pareggio interrompe una serie, le operazioni in sospeso si saltano. n = {known}.</translation>
        </message>
        <message>
            <source>The period is being counted; press to leave off, no file is written</source>
            <translation>Il periodo viene conteggiato; premi per interrompere, nessun file viene scritto</translation>
        </message>
        <message>
            <source>The wheel zooms, dragging moves, a double click shows all; by keyboard + − ← → Home.</source>
            <translation>La rotella ingrandisce, il trascinamento sposta, un doppio clic mostra tutto; da tastiera + − ← → Home.</translation>
        </message>
        <message>
            <source>Thu</source>
            <translation>Gio</translation>
        </message>
        <message>
            <source>Today</source>
            <translation>Oggi</translation>
        </message>
        <message>
            <source>Trades with net above 0 ÷ trades with a known result: {wins} of {known}.</source>
            <translation>Operazioni con netto sopra 0 ÷ operazioni con risultato noto: {wins} su {known}.</translation>
        </message>
        <message>
            <source>Tue</source>
            <translation>Mar</translation>
        </message>
        <message>
            <source>Wed</source>
            <translation>Mer</translation>
        </message>
        <message>
            <source>Win rate</source>
            <translation>Win rate</translation>
        </message>
        <message>
            <source>above {low}: {trades}</source>
            <translation>sopra {low}: {trades}</translation>
        </message>
        <message>
            <source>below {high}: {trades}</source>
            <translation>sotto {high}: {trades}</translation>
        </message>
        <message>
            <source>now {n}</source>
            <translation>ora {n}</translation>
        </message>
        <message>
            <source>{day}: {net}, {trades}</source>
            <translation>{day}: {net}, {trades}</translation>
        </message>
        <message>
            <source>{hour}:00 to {hour}:59 UTC: {net}, {trades}</source>
            <translation>dalle {hour}:00 alle {hour}:59 UTC: {net}, {trades}</translation>
        </message>
        <message>
            <source>{low} to {high}: {trades}</source>
            <translation>da {low} a {high}: {trades}</translation>
        </message>
        <message>
            <source>{net} · {n} trades · days begin at midnight UTC</source>
            <translation>{net} · {n} operazioni · i giorni iniziano a mezzanotte UTC</translation>
        </message>
        <message>
            <source>{n} pending</source>
            <translation>{n} in attesa</translation>
        </message>
        <message>
            <source>{n} trades</source>
            <translation>{n} operazioni</translation>
        </message>
        <message>
            <source>{r} R</source>
            <translation>{r} R</translation>
        </message>
        <message>
            <source>{title} between {low} and {high}</source>
            <translation>{title} fra {low} e {high}</translation>
        </message>
    </context>
    <context>
        <name>Settings</name>
        <message>
            <source>Amounts in notifications, unless money is hidden</source>
            <translation>Importi nelle notifiche, salvo quando sono nascosti</translation>
        </message>
        <message>
            <source>Apply</source>
            <translation>Applica</translation>
        </message>
        <message>
            <source>Ask for the passphrase, or the key ring, to unlock it</source>
            <translation>Per sbloccarlo chiedi la passphrase o il portachiavi</translation>
        </message>
        <message>
            <source>Balance every</source>
            <translation>Saldo ogni</translation>
        </message>
        <message>
            <source>Browse…</source>
            <translation>Sfoglia…</translation>
        </message>
        <message>
            <source>Bybit's streams tell of every change at once; these readings prove it. In seconds.</source>
            <translation>I flussi di Bybit dicono subito ogni cambiamento; queste letture lo provano. In secondi.</translation>
        </message>
        <message>
            <source>Connection</source>
            <translation>Connessione</translation>
        </message>
        <message>
            <source>Everything compared every</source>
            <translation>Confronto completo ogni</translation>
        </message>
        <message>
            <source>Everything counts at once, only the scale from the next start.</source>
            <translation>Tutto vale subito, solo la scala dal prossimo avvio.</translation>
        </message>
        <message>
            <source>Files</source>
            <translation>File</translation>
        </message>
        <message>
            <source>Font</source>
            <translation>Carattere</translation>
        </message>
        <message>
            <source>Guards</source>
            <translation>Guardie</translation>
        </message>
        <message>
            <source>Guards alert, they never act.</source>
            <translation>Le guardie avvisano, non agiscono mai.</translation>
        </message>
        <message>
            <source>Hide money and sizes then, too</source>
            <translation>Allora nascondi anche importi e quantità</translation>
        </message>
        <message>
            <source>Icon in the system's tray</source>
            <translation>Icona nell'area di notifica</translation>
        </message>
        <message>
            <source>Index price</source>
            <translation>Prezzo indice</translation>
        </message>
        <message>
            <source>Keep the desk's windows out of screen recordings, as far as the system does</source>
            <translation>Tieni le finestre del desk fuori dalle registrazioni dello schermo, per quanto il sistema lo permette</translation>
        </message>
        <message>
            <source>Keys</source>
            <translation>Tasti</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>Lingua</translation>
        </message>
        <message>
            <source>Last price</source>
            <translation>Ultimo prezzo</translation>
        </message>
        <message>
            <source>Liquidation nearer than percent of the mark price</source>
            <translation>Liquidazione più vicina, in percento del prezzo mark, di</translation>
        </message>
        <message>
            <source>Live: hold the button when worth dollars or more</source>
            <translation>Live: tieni premuto il pulsante da un valore in dollari di</translation>
        </message>
        <message>
            <source>Look</source>
            <translation>Aspetto</translation>
        </message>
        <message>
            <source>Mark price</source>
            <translation>Prezzo mark</translation>
        </message>
        <message>
            <source>Minutes without input until trading is locked (0: never)</source>
            <translation>Minuti senza attività prima di bloccare il trading (0: mai)</translation>
        </message>
        <message>
            <source>More open positions than</source>
            <translation>Più posizioni aperte di</translation>
        </message>
        <message>
            <source>New stops are compared with</source>
            <translation>I nuovi stop si confrontano con</translation>
        </message>
        <message>
            <source>No key sends anything by itself. Keys of tables, charts and dialogs stay as they are.</source>
            <translation>Nessun tasto invia nulla da solo. I tasti di tabelle, grafici e finestre restano come sono.</translation>
        </message>
        <message>
            <source>Notifications</source>
            <translation>Notifiche</translation>
        </message>
        <message>
            <source>Notify</source>
            <translation>Notifica</translation>
        </message>
        <message>
            <source>Pages</source>
            <translation>Pagine</translation>
        </message>
        <message>
            <source>Percentages and prices stay when money is hidden.</source>
            <translation>Percentuali e prezzi restano quando gli importi sono nascosti.</translation>
        </message>
        <message>
            <source>Positions and orders every</source>
            <translation>Posizioni e ordini ogni</translation>
        </message>
        <message>
            <source>Privacy and lock</source>
            <translation>Privacy e blocco</translation>
        </message>
        <message>
            <source>Realised loss of the UTC day, in dollars</source>
            <translation>Perdita realizzata del giorno UTC, in dollari</translation>
        </message>
        <message>
            <source>Scale of everything (next start)</source>
            <translation>Scala di tutto (prossimo avvio)</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>Impostazioni</translation>
        </message>
        <message>
            <source>Settings, logs and history are in {folder}</source>
            <translation>Impostazioni, registri e cronologia sono in {folder}</translation>
        </message>
        <message>
            <source>Several within five seconds become one. Without a tray the system's own notifications are used.</source>
            <translation>Più avvisi entro cinque secondi diventano uno. Senza area di notifica si usano le notifiche del sistema.</translation>
        </message>
        <message>
            <source>Size of the text</source>
            <translation>Dimensione del testo</translation>
        </message>
        <message>
            <source>Sound</source>
            <translation>Suono</translation>
        </message>
        <message>
            <source>The bot's positions.json, to be watched</source>
            <translation>Il positions.json del bot, da sorvegliare</translation>
        </message>
        <message>
            <source>The same key twice: {one}; {other}</source>
            <translation>Lo stesso tasto due volte: {one}; {other}</translation>
        </message>
        <message>
            <source>The system's</source>
            <translation>Quella del sistema</translation>
        </message>
        <message>
            <source>Theme</source>
            <translation>Tema</translation>
        </message>
        <message>
            <source>Trading</source>
            <translation>Trading</translation>
        </message>
        <message>
            <source>Try a notification and its sound</source>
            <translation>Prova una notifica e il suo suono</translation>
        </message>
        <message>
            <source>What a dialog begins with. Stops that stand already keep what they are compared with.</source>
            <translation>Ciò con cui inizia una finestra. Gli stop già in essere tengono il prezzo con cui si confrontano.</translation>
        </message>
        <message>
            <source>Without a stop for more seconds than</source>
            <translation>Senza stop da più secondi di</translation>
        </message>
        <message>
            <source>has to be a whole number</source>
            <translation>deve essere un numero intero</translation>
        </message>
        <message>
            <source>has to be a whole number from {least} to {most}</source>
            <translation>deve essere un numero intero da {least} a {most}</translation>
        </message>
        <message>
            <source>is not an amount such as 1000 or 0.5</source>
            <translation>non è un importo come 1000 o 0.5</translation>
        </message>
        <message>
            <source>needs Ctrl, Alt or a function key</source>
            <translation>richiede Ctrl, Alt o un tasto funzione</translation>
        </message>
        <message>
            <source>needs an amount</source>
            <translation>richiede un importo</translation>
        </message>
        <message>
            <source>off</source>
            <translation>spento</translation>
        </message>
        <message>
            <source>one key at a time</source>
            <translation>un tasto alla volta</translation>
        </message>
        <message>
            <source>there is no such file</source>
            <translation>il file non esiste</translation>
        </message>
        <message>
            <source>this key belongs to text fields and tables</source>
            <translation>questo tasto appartiene a campi di testo e tabelle</translation>
        </message>
        <message>
            <source>this key cannot be used</source>
            <translation>questo tasto non si può usare</translation>
        </message>
        <message>
            <source>{family} (the desk's own)</source>
            <translation>{family} (quello del desk)</translation>
        </message>
        <message>
            <source>{what}: notification</source>
            <translation>{what}: notifica</translation>
        </message>
        <message>
            <source>{what}: sound</source>
            <translation>{what}: suono</translation>
        </message>
    </context>
    <context>
        <name>Side</name>
        <message>
            <source>Long</source>
            <translation>Long</translation>
        </message>
        <message>
            <source>Short</source>
            <translation>Short</translation>
        </message>
    </context>
    <context>
        <name>StatusLine</name>
        <message>
            <source>Clock {offset} ms</source>
            <translation>Orologio {offset} ms</translation>
        </message>
        <message>
            <source>How far this computer's clock is from Bybit's</source>
            <translation>Quanto l'orologio di questo computer dista da quello di Bybit</translation>
        </message>
        <message>
            <source>Messages of Bybit's that did not fit its own rules; nothing was taken from them</source>
            <translation>Messaggi di Bybit che non seguivano le sue stesse regole; non se ne è preso nulla</translation>
        </message>
        <message>
            <source>Reading history {done}/{total} weeks</source>
            <translation>Lettura cronologia {done}/{total} settimane</translation>
        </message>
        <message>
            <source>Requests sent in the last second, of those that the desk allows itself; a fifth is kept for orders</source>
            <translation>Richieste inviate nell'ultimo secondo, su quelle che il desk si concede; un quinto è riservato agli ordini</translation>
        </message>
        <message>
            <source>Requests {n}/{most} per s</source>
            <translation>Richieste {n}/{most} al s</translation>
        </message>
        <message>
            <source>Starting…</source>
            <translation>Avvio…</translation>
        </message>
        <message>
            <source>The account's past is being fetched, week by week</source>
            <translation>Il passato dell'account viene letto, settimana per settimana</translation>
        </message>
        <message>
            <source>{n} unreadable messages</source>
            <translation>{n} messaggi illeggibili</translation>
        </message>
    </context>
    <context>
        <name>StopHistory</name>
        <message>
            <source>History</source>
            <translation>Cronologia</translation>
        </message>
        <message>
            <source>History ({n})</source>
            <translation>Cronologia ({n})</translation>
        </message>
        <message>
            <source>Only the desk's own last edit can be taken back, while nobody changed it</source>
            <translation>Si può ripristinare solo l'ultima modifica del desk, finché nessun altro l'ha cambiata</translation>
        </message>
        <message>
            <source>Puts the former stops into the fields (Ctrl+Z)</source>
            <translation>Rimette gli stop precedenti nei campi (Ctrl+Z)</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Ripristina</translation>
        </message>
        <message>
            <source>by the desk</source>
            <translation>dal desk</translation>
        </message>
        <message>
            <source>elsewhere</source>
            <translation>altrove</translation>
        </message>
        <message>
            <source>taken back</source>
            <translation>ripristinato</translation>
        </message>
        <message>
            <source>trailing</source>
            <translation>trailing</translation>
        </message>
        <message>
            <source>{name} trigger {before} → {after}</source>
            <translation>{name}: trigger {before} → {after}</translation>
        </message>
    </context>
    <context>
        <name>Table</name>
        <message>
            <source>A click on a line of the title sorts by it</source>
            <translation>Un clic su una riga del titolo ordina in base a essa</translation>
        </message>
        <message>
            <source>Ascending</source>
            <translation>Crescente</translation>
        </message>
        <message>
            <source>Column titles</source>
            <translation>Titoli delle colonne</translation>
        </message>
        <message>
            <source>Columns</source>
            <translation>Colonne</translation>
        </message>
        <message>
            <source>Copy cell</source>
            <translation>Copia cella</translation>
        </message>
        <message>
            <source>Copy rows</source>
            <translation>Copia righe</translation>
        </message>
        <message>
            <source>Descending</source>
            <translation>Decrescente</translation>
        </message>
        <message>
            <source>Export as CSV</source>
            <translation>Esporta come CSV</translation>
        </message>
        <message>
            <source>Export as CSV…</source>
            <translation>Esporta come CSV…</translation>
        </message>
        <message>
            <source>Group by</source>
            <translation>Raggruppa per</translation>
        </message>
        <message>
            <source>No room for: {columns}</source>
            <translation>Senza spazio: {columns}</translation>
        </message>
        <message>
            <source>Nothing</source>
            <translation>Nulla</translation>
        </message>
        <message>
            <source>Reset columns</source>
            <translation>Ripristina colonne</translation>
        </message>
        <message>
            <source>Side</source>
            <translation>Lato</translation>
        </message>
        <message>
            <source>Sort by</source>
            <translation>Ordina per</translation>
        </message>
        <message>
            <source>Sorts by: {choices}</source>
            <translation>Ordina per: {choices}</translation>
        </message>
        <message>
            <source>Sums of the rows shown, in USDT and USDC; a dash where a part is not known</source>
            <translation>Somme delle righe mostrate, in USDT e USDC; un trattino dove una parte non è nota</translation>
        </message>
        <message>
            <source>Symbol</source>
            <translation>Simbolo</translation>
        </message>
        <message>
            <source>Totals</source>
            <translation>Totali</translation>
        </message>
        <message>
            <source>folded</source>
            <translation>chiusa</translation>
        </message>
        <message>
            <source>sorted by {title}, ascending</source>
            <translation>ordinata per {title}, crescente</translation>
        </message>
        <message>
            <source>sorted by {title}, descending</source>
            <translation>ordinata per {title}, decrescente</translation>
        </message>
        <message>
            <source>unfolded</source>
            <translation>aperta</translation>
        </message>
        <message>
            <source>{column} (no room)</source>
            <translation>{column} (senza spazio)</translation>
        </message>
    </context>
    <context>
        <name>Tables</name>
        <message>
            <source>Cancel order</source>
            <translation>Annulla ordine</translation>
        </message>
        <message>
            <source>Cancel selected…</source>
            <translation>Annulla selezionati…</translation>
        </message>
        <message>
            <source>Cancel the close order</source>
            <translation>Annulla l'ordine di chiusura</translation>
        </message>
        <message>
            <source>Cancel the close that waits</source>
            <translation>Annulla la chiusura in attesa</translation>
        </message>
        <message>
            <source>Cancel {n} that protect nothing…</source>
            <translation>Annulla {n} che non proteggono nulla…</translation>
        </message>
        <message>
            <source>Close all…</source>
            <translation>Chiudi tutto…</translation>
        </message>
        <message>
            <source>Closed</source>
            <translation>Chiuse</translation>
        </message>
        <message>
            <source>Close…</source>
            <translation>Chiudi…</translation>
        </message>
        <message>
            <source>Commands, differences from Bybit and lost links will be told here.</source>
            <translation>Qui si leggeranno comandi, differenze da Bybit e connessioni perse.</translation>
        </message>
        <message>
            <source>Details</source>
            <translation>Dettagli</translation>
        </message>
        <message>
            <source>Each position gets a row when it is flat, with its exits, fees and funding.</source>
            <translation>Ogni posizione ha una riga quando è flat, con uscite, commissioni e funding.</translation>
        </message>
        <message>
            <source>Events</source>
            <translation>Eventi</translation>
        </message>
        <message>
            <source>Every fill, funding payment and liquidation will get a row.</source>
            <translation>Ogni eseguito, pagamento di funding e liquidazione avrà una riga.</translation>
        </message>
        <message>
            <source>Executions</source>
            <translation>Esecuzioni</translation>
        </message>
        <message>
            <source>Filter</source>
            <translation>Filtra</translation>
        </message>
        <message>
            <source>Filter the rows (Ctrl+F)</source>
            <translation>Filtra le righe (Ctrl+F)</translation>
        </message>
        <message>
            <source>Fold</source>
            <translation>Richiudi</translation>
        </message>
        <message>
            <source>Limit and conditional orders will stand here, each with what it protects.</source>
            <translation>Qui staranno gli ordini limite e condizionali, ognuno con ciò che protegge.</translation>
        </message>
        <message>
            <source>No executions yet</source>
            <translation>Ancora nessuna esecuzione</translation>
        </message>
        <message>
            <source>No open orders</source>
            <translation>Nessun ordine aperto</translation>
        </message>
        <message>
            <source>No open positions</source>
            <translation>Nessuna posizione aperta</translation>
        </message>
        <message>
            <source>Nothing has been closed yet</source>
            <translation>Non è stato ancora chiuso nulla</translation>
        </message>
        <message>
            <source>Nothing has happened yet</source>
            <translation>Non è ancora successo nulla</translation>
        </message>
        <message>
            <source>Orders</source>
            <translation>Ordini</translation>
        </message>
        <message>
            <source>Positions</source>
            <translation>Posizioni</translation>
        </message>
        <message>
            <source>Select orders in the table first</source>
            <translation>Prima seleziona degli ordini nella tabella</translation>
        </message>
        <message>
            <source>TP/SL…</source>
            <translation>TP/SL…</translation>
        </message>
        <message>
            <source>Tables</source>
            <translation>Tabelle</translation>
        </message>
        <message>
            <source>There is no open position</source>
            <translation>Non ci sono posizioni aperte</translation>
        </message>
        <message>
            <source>Unfold</source>
            <translation>Apri</translation>
        </message>
        <message>
            <source>What you or a bot opens at Bybit appears here by itself.</source>
            <translation>Ciò che tu o un bot aprite su Bybit appare qui da solo.</translation>
        </message>
    </context>
    <context>
        <name>Timeline</name>
        <message>
            <source>After</source>
            <translation>Dopo</translation>
        </message>
        <message>
            <source>Answered</source>
            <translation>Risposto</translation>
        </message>
        <message>
            <source>Asked</source>
            <translation>Richiesto</translation>
        </message>
        <message>
            <source>Evidence</source>
            <translation>Riscontro</translation>
        </message>
        <message>
            <source>Sent</source>
            <translation>Inviato</translation>
        </message>
        <message>
            <source>Step</source>
            <translation>Passo</translation>
        </message>
        <message>
            <source>Steps</source>
            <translation>Passi</translation>
        </message>
        <message>
            <source>The trail in memory no longer reaches back to this command</source>
            <translation>La traccia in memoria non arriva più fino a questo comando</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Ora</translation>
        </message>
        <message>
            <source>Verdict</source>
            <translation>Esito</translation>
        </message>
        <message>
            <source>What became of a command</source>
            <translation>Che fine ha fatto un comando</translation>
        </message>
        <message>
            <source>What happened</source>
            <translation>Che cosa è successo</translation>
        </message>
        <message>
            <source>Written down</source>
            <translation>Annotato</translation>
        </message>
        <message>
            <source>accepted after {ms} ms; that is not done yet</source>
            <translation>accettato dopo {ms} ms; non è ancora eseguito</translation>
        </message>
        <message>
            <source>accepted; that is not done yet</source>
            <translation>accettato; non è ancora eseguito</translation>
        </message>
        <message>
            <source>asked for once more, under the same id</source>
            <translation>richiesto un'altra volta, con lo stesso id</translation>
        </message>
        <message>
            <source>attempt {attempt}</source>
            <translation>tentativo {attempt}</translation>
        </message>
        <message>
            <source>carried out late, on a position opened since: {filled}</source>
            <translation>eseguito in ritardo, su una posizione aperta nel frattempo: {filled}</translation>
        </message>
        <message>
            <source>could not be written down ({reason}): nothing was sent</source>
            <translation>non si è potuto annotare ({reason}): non è stato inviato nulla</translation>
        </message>
        <message>
            <source>done</source>
            <translation>eseguito</translation>
        </message>
        <message>
            <source>in the order book; it is listed under Orders</source>
            <translation>nel book; è elencato sotto Ordini</translation>
        </message>
        <message>
            <source>left over from an earlier run</source>
            <translation>rimasto da un avvio precedente</translation>
        </message>
        <message>
            <source>no clear answer in {ms} ms; Bybit is asked by its id</source>
            <translation>nessuna risposta chiara in {ms} ms; lo si chiede a Bybit con il suo id</translation>
        </message>
        <message>
            <source>no trace of it after 3 checks; retrying is safe</source>
            <translation>nessuna traccia dopo 3 controlli; riprovare è sicuro</translation>
        </message>
        <message>
            <source>not yet</source>
            <translation>non ancora</translation>
        </message>
        <message>
            <source>on this computer's disk, before anything was sent</source>
            <translation>sul disco di questo computer, prima di inviare qualsiasi cosa</translation>
        </message>
        <message>
            <source>refused after {ms} ms</source>
            <translation>rifiutato dopo {ms} ms</translation>
        </message>
        <message>
            <source>refused; nothing was changed</source>
            <translation>rifiutato; nulla è cambiato</translation>
        </message>
        <message>
            <source>sent {n} times, always under the same id</source>
            <translation>inviato {n} volte, sempre con lo stesso id</translation>
        </message>
        <message>
            <source>the order has ended; {filled} of {qty} filled</source>
            <translation>l'ordine è terminato; eseguiti {filled} di {qty}</translation>
        </message>
        <message>
            <source>the position is closed; there is nothing left to protect</source>
            <translation>la posizione è chiusa; non c'è più nulla da proteggere</translation>
        </message>
        <message>
            <source>the position was closed by another party; nothing of this was carried out</source>
            <translation>la posizione è stata chiusa da altri; di questo comando non è stato eseguito nulla</translation>
        </message>
        <message>
            <source>the position was closed by another party; {filled} of {qty} filled</source>
            <translation>la posizione è stata chiusa da altri; eseguiti {filled} di {qty}</translation>
        </message>
        <message>
            <source>unknown; Bybit is asked for it by its id</source>
            <translation>ignoto; lo si chiede a Bybit con il suo id</translation>
        </message>
        <message>
            <source>{answer}, after {ms} ms</source>
            <translation>{answer}, dopo {ms} ms</translation>
        </message>
        <message>
            <source>{evidence}, filled {filled}</source>
            <translation>{evidence}, eseguiti {filled}</translation>
        </message>
        <message>
            <source>{ms} ms</source>
            <translation>{ms} ms</translation>
        </message>
        <message>
            <source>{qty}, {reason}</source>
            <translation>{qty}, {reason}</translation>
        </message>
    </context>
    <context>
        <name>Tips</name>
        <message>
            <source>Above: the own id of the order that opened this position; a dash when that is older than the executions here
Below: why it was last reduced: the kind of that order as Bybit reports it, or a bot's label of it</source>
            <translation>Sopra: l'id proprio dell'ordine che ha aperto questa posizione; un trattino se è più vecchio delle esecuzioni qui
Sotto: perché è stata ridotta l'ultima volta: il tipo di quell'ordine come lo riporta Bybit, o l'etichetta di un bot</translation>
        </message>
        <message>
            <source>Above: value at entry ÷ leverage, the basis of ROE; it does not move with the price</source>
            <translation>Sopra: valore all'entrata ÷ leva, la base del ROE; non si muove con il prezzo</translation>
        </message>
        <message>
            <source>Above: where closing the rest at the taker's fee ends the whole position at zero</source>
            <translation>Sopra: dove chiudere il resto al tasso taker porta l'intera posizione a zero</translation>
        </message>
        <message>
            <source>Amounts: the whole size at that price, before the closing fee</source>
            <translation>Importi: l'intera quantità a quel prezzo, prima della commissione di chiusura</translation>
        </message>
        <message>
            <source>Average entry {price}</source>
            <translation>Entrata media {price}</translation>
        </message>
        <message>
            <source>Below: Bybit's own figure</source>
            <translation>Sotto: la cifra di Bybit</translation>
        </message>
        <message>
            <source>Below: Bybit's own figure, which follows the mark in cross mode</source>
            <translation>Sotto: la cifra di Bybit, che in modalità cross segue il mark</translation>
        </message>
        <message>
            <source>Bot: {reason}</source>
            <translation>Bot: {reason}</translation>
        </message>
        <message>
            <source>Closing there would realise {amount}, before fees</source>
            <translation>Chiudere lì realizzerebbe {amount}, prima delle commissioni</translation>
        </message>
        <message>
            <source>Distance = |mark − liquidation price| ÷ mark</source>
            <translation>Distanza = |mark − prezzo di liquidazione| ÷ mark</translation>
        </message>
        <message>
            <source>Due {time}; the rate may change until then</source>
            <translation>Dovuto {time}; il tasso può cambiare fino ad allora</translation>
        </message>
        <message>
            <source>Gross of the exits of this life − fees {fees} + funding {funding}
Computed from executions</source>
            <translation>Lordo delle uscite di questa vita − commissioni {fees} + funding {funding}
Calcolato dalle esecuzioni</translation>
        </message>
        <message>
            <source>Largest size of this position: {size}</source>
            <translation>Quantità massima di questa posizione: {size}</translation>
        </message>
        <message>
            <source>Last price {price}</source>
            <translation>Ultimo prezzo {price}</translation>
        </message>
        <message>
            <source>Liquidation price as Bybit reports it; a dash when it sends none</source>
            <translation>Prezzo di liquidazione come riportato da Bybit; un trattino quando non ne invia</translation>
        </message>
        <message>
            <source>Mark price from the {source}, {age} old</source>
            <translation>Prezzo mark da {source}, di {age} fa</translation>
        </message>
        <message>
            <source>Next funding = value at mark × rate {rate}; positive is received</source>
            <translation>Prossimo funding = valore al mark × tasso {rate}; positivo significa ricevuto</translation>
        </message>
        <message>
            <source>No partial exit in this life</source>
            <translation>Nessuna uscita parziale in questa vita</translation>
        </message>
        <message>
            <source>Not known yet: its beginning or some of its executions are missing; Bybit is asked for them</source>
            <translation>Non ancora noto: mancano il suo inizio o alcune sue esecuzioni; vengono chieste a Bybit</translation>
        </message>
        <message>
            <source>Nothing closes this position at a loss before liquidation does</source>
            <translation>Nulla chiude questa posizione in perdita prima della liquidazione</translation>
        </message>
        <message>
            <source>Opened {time}</source>
            <translation>Aperta {time}</translation>
        </message>
        <message>
            <source>Position as reported by Bybit, {age} ago</source>
            <translation>Posizione come riportata da Bybit, {age} fa</translation>
        </message>
        <message>
            <source>Position index {idx} · sequence {seq}</source>
            <translation>Indice di posizione {idx} · sequenza {seq}</translation>
        </message>
        <message>
            <source>Quantity held and its value, both as Bybit reports them</source>
            <translation>Quantità tenuta e suo valore, entrambi come riportati da Bybit</translation>
        </message>
        <message>
            <source>ROE = unrealised PnL ÷ initial margin {margin} (value at entry ÷ leverage)</source>
            <translation>ROE = PnL non realizzato ÷ margine iniziale {margin} (valore all'entrata ÷ leva)</translation>
        </message>
        <message>
            <source>Realised so far {amount}, net</source>
            <translation>Realizzato finora {amount}, netto</translation>
        </message>
        <message>
            <source>Share out = 1 − size ÷ largest size; from executions</source>
            <translation>Quota uscita = 1 − quantità ÷ quantità massima; dalle esecuzioni</translation>
        </message>
        <message>
            <source>Stop loss {price}: {amount}</source>
            <translation>Stop loss {price}: {amount}</translation>
        </message>
        <message>
            <source>Take profit {price}: {amount}</source>
            <translation>Take profit {price}: {amount}</translation>
        </message>
        <message>
            <source>The nearer of stop loss and liquidation: |mark − price| ÷ mark</source>
            <translation>Il più vicino fra stop loss e liquidazione: |mark − prezzo| ÷ mark</translation>
        </message>
        <message>
            <source>Trailing stop at a distance of {distance}</source>
            <translation>Trailing stop a una distanza di {distance}</translation>
        </message>
        <message>
            <source>Unrealised PnL = size × (mark − entry), the other way round for a short</source>
            <translation>PnL non realizzato = quantità × (mark − entrata), al contrario per uno short</translation>
        </message>
        <message>
            <source>Unrealised PnL = size ÷ entry − size ÷ mark, the other way round for a short</source>
            <translation>PnL non realizzato = quantità ÷ entrata − quantità ÷ mark, al contrario per uno short</translation>
        </message>
        <message>
            <source>What the bot wrote into its positions file when it opened this position</source>
            <translation>Ciò che il bot ha scritto nel suo file di posizioni quando ha aperto questa posizione</translation>
        </message>
    </context>
    <context>
        <name>TopBar</name>
        <message>
            <source>A dash while one of them has no mark price</source>
            <translation>Un trattino finché a una di esse manca il prezzo mark</translation>
        </message>
        <message>
            <source>Account</source>
            <translation>Account</translation>
        </message>
        <message>
            <source>Available</source>
            <translation>Disponibile</translation>
        </message>
        <message>
            <source>Bybit has not reported the wallet yet</source>
            <translation>Bybit non ha ancora riportato il wallet</translation>
        </message>
        <message>
            <source>Bybit's figure {reported}, moved by what unrealised PnL has changed since</source>
            <translation>La cifra di Bybit {reported}, spostata di quanto il PnL non realizzato è cambiato da allora</translation>
        </message>
        <message>
            <source>Change today: not known yet</source>
            <translation>Variazione di oggi: non ancora nota</translation>
        </message>
        <message>
            <source>Change {amount} = equity now − {then} at {time}, transfers included. Bybit tells no earlier equity: today is since midnight UTC only if the desk was running then.</source>
            <translation>Variazione {amount} = equity ora − {then} alle {time}, trasferimenti compresi. Bybit non dice l'equity di prima: oggi vale dalla mezzanotte UTC solo se il desk era acceso allora.</translation>
        </message>
        <message>
            <source>Closing and moving stops is allowed. Press to lock it.</source>
            <translation>Chiudere e spostare stop è permesso. Premi per bloccare.</translation>
        </message>
        <message>
            <source>Equity</source>
            <translation>Equity</translation>
        </message>
        <message>
            <source>Equity in dollars = wallet balance + unrealised PnL at the newest mark prices</source>
            <translation>Equity in dollari = saldo del wallet + PnL non realizzato ai prezzi mark più recenti</translation>
        </message>
        <message>
            <source>From Bybit's wallet, reported {age} ago</source>
            <translation>Dal wallet di Bybit, riportato {age} fa</translation>
        </message>
        <message>
            <source>IM = initial margin ÷ margin balance, MM = maintenance margin ÷ margin balance; liquidation at MM 100%</source>
            <translation>IM = margine iniziale ÷ saldo a margine, MM = margine di mantenimento ÷ saldo a margine; liquidazione a MM 100%</translation>
        </message>
        <message>
            <source>Initial margin of open positions (size × entry ÷ leverage) ÷ equity; isolated margin has no rates</source>
            <translation>Margine iniziale delle posizioni aperte (quantità × entrata ÷ leva) ÷ equity; il margine isolato non ha tassi</translation>
        </message>
        <message>
            <source>Margin used</source>
            <translation>Margine usato</translation>
        </message>
        <message>
            <source>Margin used · IM {im} MM {mm}</source>
            <translation>Margine usato · IM {im} MM {mm}</translation>
        </message>
        <message>
            <source>Margin used · {share} of equity</source>
            <translation>Margine usato · {share} dell'equity</translation>
        </message>
        <message>
            <source>Menu</source>
            <translation>Menu</translation>
        </message>
        <message>
            <source>Net results (gross − fees + funding) of positions closed since the desk started</source>
            <translation>Risultati netti (lordo − commissioni + funding) delle posizioni chiuse dall'avvio del desk</translation>
        </message>
        <message>
            <source>Nothing can be sent. Press to allow closing and moving stops.</source>
            <translation>Non si può inviare nulla. Premi per permettere di chiudere e spostare stop.</translation>
        </message>
        <message>
            <source>Read-only key</source>
            <translation>Chiave di sola lettura</translation>
        </message>
        <message>
            <source>Session realised</source>
            <translation>Realizzato in sessione</translation>
        </message>
        <message>
            <source>Sum of the unrealised PnL of {n} open positions at mark, USDT and USDC, before fees</source>
            <translation>Somma del PnL non realizzato di {n} posizioni aperte al mark, USDT e USDC, prima delle commissioni</translation>
        </message>
        <message>
            <source>This key may only look: the desk is a monitor.</source>
            <translation>Questa chiave può solo guardare: il desk è un monitor.</translation>
        </message>
        <message>
            <source>Total available balance in dollars, as Bybit reports it; not reported in isolated margin</source>
            <translation>Saldo disponibile totale in dollari, come riportato da Bybit; non riportato in margine isolato</translation>
        </message>
        <message>
            <source>Trading armed</source>
            <translation>Trading abilitato</translation>
        </message>
        <message>
            <source>Trading locked</source>
            <translation>Trading bloccato</translation>
        </message>
        <message>
            <source>Unrealised PnL</source>
            <translation>PnL non realizzato</translation>
        </message>
        <message>
            <source>n = {known} with a known result, {pending} pending; from executions</source>
            <translation>n = {known} con risultato noto, {pending} in attesa; dalle esecuzioni</translation>
        </message>
        <message>
            <source>{change} since {time}</source>
            <translation>{change} dalle {time}</translation>
        </message>
        <message>
            <source>{change} today</source>
            <translation>{change} oggi</translation>
        </message>
    </context>
    <context>
        <name>Totals</name>
        <message>
            <source>funding {amount}</source>
            <translation>funding {amount}</translation>
        </message>
        <message>
            <source>would open</source>
            <translation>aprirebbero</translation>
        </message>
        <message>
            <source>{buy} buy · {sell} sell</source>
            <translation>{buy} acquisti · {sell} vendite</translation>
        </message>
        <message>
            <source>{n} closed</source>
            <translation>{n} chiuse</translation>
        </message>
        <message>
            <source>{n} conditional</source>
            <translation>{n} condizionali</translation>
        </message>
        <message>
            <source>{n} executions</source>
            <translation>{n} esecuzioni</translation>
        </message>
        <message>
            <source>{n} orders</source>
            <translation>{n} ordini</translation>
        </message>
        <message>
            <source>{n} reduce-only</source>
            <translation>{n} reduce-only</translation>
        </message>
        <message>
            <source>{n} symbols</source>
            <translation>{n} simboli</translation>
        </message>
        <message>
            <source>{share} won</source>
            <translation>{share} vincenti</translation>
        </message>
        <message>
            <source>{wins} won · {losses} lost</source>
            <translation>{wins} vinte · {losses} perse</translation>
        </message>
    </context>
    <context>
        <name>TradingStop</name>
        <message>
            <source> from {price}</source>
            <translation> da {price}</translation>
        </message>
        <message>
            <source>Above the {basis}. Will trigger a market close of {size}.</source>
            <translation>Sopra il {basis}. Farà scattare una chiusura a mercato di {size}.</translation>
        </message>
        <message>
            <source>Active from</source>
            <translation>Attivo da</translation>
        </message>
        <message>
            <source>Add</source>
            <translation>Aggiungi</translation>
        </message>
        <message>
            <source>Add {legs} for {size}</source>
            <translation>Aggiungi {legs} per {size}</translation>
        </message>
        <message>
            <source>Apply</source>
            <translation>Applica</translation>
        </message>
        <message>
            <source>Apply 1 change</source>
            <translation>Applica 1 modifica</translation>
        </message>
        <message>
            <source>Apply {n} changes</source>
            <translation>Applica {n} modifiche</translation>
        </message>
        <message>
            <source>Before and after</source>
            <translation>Prima e dopo</translation>
        </message>
        <message>
            <source>Below the {basis}. Will trigger a market close of {size}.</source>
            <translation>Sotto il {basis}. Farà scattare una chiusura a mercato di {size}.</translation>
        </message>
        <message>
            <source>Break-even
{price}</source>
            <translation>Break-even
{price}</translation>
        </message>
        <message>
            <source>Cancel…</source>
            <translation>Annulla…</translation>
        </message>
        <message>
            <source>Change</source>
            <translation>Modifica</translation>
        </message>
        <message>
            <source>Enter a price for the part</source>
            <translation>Inserisci un prezzo per la parte</translation>
        </message>
        <message>
            <source>Entire position</source>
            <translation>Intera posizione</translation>
        </message>
        <message>
            <source>Entry and the fees of opening and closing what is open, both as taker</source>
            <translation>Entrata più le commissioni di apertura e chiusura di ciò che è aperto, entrambe taker</translation>
        </message>
        <message>
            <source>Hold to add {legs} for {size}</source>
            <translation>Tieni premuto per aggiungere {legs} per {size}</translation>
        </message>
        <message>
            <source>Hold to apply 1 change</source>
            <translation>Tieni premuto per applicare 1 modifica</translation>
        </message>
        <message>
            <source>Hold to apply {n} changes</source>
            <translation>Tieni premuto per applicare {n} modifiche</translation>
        </message>
        <message>
            <source>Looser than the present stop loss {held}: {more} {coin} more can be lost.</source>
            <translation>Più largo dello stop loss attuale {held}: si possono perdere {more} {coin} in più.</translation>
        </message>
        <message>
            <source>No stops of parts yet</source>
            <translation>Ancora nessuno stop di parti</translation>
        </message>
        <message>
            <source>Order</source>
            <translation>Ordine</translation>
        </message>
        <message>
            <source>Partial</source>
            <translation>Parziale</translation>
        </message>
        <message>
            <source>Places taken, of {most}</source>
            <translation>Posti occupati, su {most}</translation>
        </message>
        <message>
            <source>PnL net of fee</source>
            <translation>PnL al netto della commissione</translation>
        </message>
        <message>
            <source>PnL net of fee, {coin}</source>
            <translation>PnL al netto comm., {coin}</translation>
        </message>
        <message>
            <source>ROE</source>
            <translation>ROE</translation>
        </message>
        <message>
            <source>Sent once; the table shows it when Bybit confirms</source>
            <translation>Inviato una volta; la tabella lo mostra quando Bybit conferma</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Quantità</translation>
        </message>
        <message>
            <source>Size of this part</source>
            <translation>Quantità di questa parte</translation>
        </message>
        <message>
            <source>Stop loss</source>
            <translation>Stop loss</translation>
        </message>
        <message>
            <source>Stop loss of a part</source>
            <translation>Stop loss di una parte</translation>
        </message>
        <message>
            <source>Stop loss to break-even, {price}</source>
            <translation>Stop loss a break-even, {price}</translation>
        </message>
        <message>
            <source>Stop losses of parts</source>
            <translation>Stop loss di parti</translation>
        </message>
        <message>
            <source>Stops of parts that stand</source>
            <translation>Stop di parti in essere</translation>
        </message>
        <message>
            <source>Stops of parts that stand: {n}</source>
            <translation>Stop di parti in essere: {n}</translation>
        </message>
        <message>
            <source>Take profit</source>
            <translation>Take profit</translation>
        </message>
        <message>
            <source>Take profit / Stop loss</source>
            <translation>Take profit / Stop loss</translation>
        </message>
        <message>
            <source>Take profit of a part</source>
            <translation>Take profit di una parte</translation>
        </message>
        <message>
            <source>Take profits of parts</source>
            <translation>Take profit di parti</translation>
        </message>
        <message>
            <source>The fee rate or the price is not known yet</source>
            <translation>Il tasso di commissione o il prezzo non è ancora noto</translation>
        </message>
        <message>
            <source>The position has no stop loss.</source>
            <translation>La posizione non ha stop loss.</translation>
        </message>
        <message>
            <source>The price has not passed break-even yet</source>
            <translation>Il prezzo non ha ancora superato il break-even</translation>
        </message>
        <message>
            <source>Trailing stop</source>
            <translation>Trailing stop</translation>
        </message>
        <message>
            <source>Trailing stop active from price</source>
            <translation>Trailing stop attivo dal prezzo</translation>
        </message>
        <message>
            <source>Trailing stop distance</source>
            <translation>Distanza del trailing stop</translation>
        </message>
        <message>
            <source>Trailing stop distance in percent of mark</source>
            <translation>Distanza del trailing stop in percento del mark</translation>
        </message>
        <message>
            <source>Trailing stop · distance</source>
            <translation>Trailing stop · distanza</translation>
        </message>
        <message>
            <source>Trigger</source>
            <translation>Trigger</translation>
        </message>
        <message>
            <source>Trigger by</source>
            <translation>Trigger su</translation>
        </message>
        <message>
            <source>What the stops are for</source>
            <translation>A che cosa servono gli stop</translation>
        </message>
        <message>
            <source>Will be removed.</source>
            <translation>Verrà rimosso.</translation>
        </message>
        <message>
            <source>Will be removed: the position will have no stop loss.</source>
            <translation>Verrà rimosso: la posizione resterà senza stop loss.</translation>
        </message>
        <message>
            <source>Worst case at stop, % of equity</source>
            <translation>Caso peggiore allo stop, % dell'equity</translation>
        </message>
        <message>
            <source>after</source>
            <translation>dopo</translation>
        </message>
        <message>
            <source>from mark</source>
            <translation>dal mark</translation>
        </message>
        <message>
            <source>no stop loss</source>
            <translation>nessuno stop loss</translation>
        </message>
        <message>
            <source>none</source>
            <translation>nessuno</translation>
        </message>
        <message>
            <source>now</source>
            <translation>subito</translation>
        </message>
        <message>
            <source>on Bybit</source>
            <translation>su Bybit</translation>
        </message>
        <message>
            <source>percent of mark</source>
            <translation>percento del mark</translation>
        </message>
        <message>
            <source>removed</source>
            <translation>rimosso</translation>
        </message>
        <message>
            <source>step {step} · of {size}</source>
            <translation>passo {step} · di {size}</translation>
        </message>
        <message>
            <source>tick {tick}</source>
            <translation>tick {tick}</translation>
        </message>
        <message>
            <source>unchanged</source>
            <translation>invariato</translation>
        </message>
        <message>
            <source>{leg} as profit or loss</source>
            <translation>{leg}: come profitto o perdita</translation>
        </message>
        <message>
            <source>{leg} as return on equity</source>
            <translation>{leg}: come ROE</translation>
        </message>
        <message>
            <source>{leg} distance from mark</source>
            <translation>{leg}: distanza dal mark</translation>
        </message>
        <message>
            <source>{leg} price</source>
            <translation>{leg}: prezzo</translation>
        </message>
        <message>
            <source>{leg} · price</source>
            <translation>{leg} · prezzo</translation>
        </message>
        <message>
            <source>{share} of the position</source>
            <translation>{share} della posizione</translation>
        </message>
    </context>
    <context>
        <name>Tray</name>
        <message>
            <source>Hide money and sizes</source>
            <translation>Nascondi importi e quantità</translation>
        </message>
        <message>
            <source>Hide the window</source>
            <translation>Nascondi la finestra</translation>
        </message>
        <message>
            <source>Lock trading</source>
            <translation>Blocca il trading</translation>
        </message>
        <message>
            <source>Nobody has touched the desk for {n} minutes: trading is locked</source>
            <translation>Nessuno ha toccato il desk per {n} minuti: il trading è bloccato</translation>
        </message>
        <message>
            <source>Open positions: {n}</source>
            <translation>Posizioni aperte: {n}</translation>
        </message>
        <message>
            <source>Quit Quarterdeck</source>
            <translation>Esci da Quarterdeck</translation>
        </message>
        <message>
            <source>Show money and sizes</source>
            <translation>Mostra importi e quantità</translation>
        </message>
        <message>
            <source>Show the window</source>
            <translation>Mostra la finestra</translation>
        </message>
        <message>
            <source>Trading is armed</source>
            <translation>Il trading è abilitato</translation>
        </message>
        <message>
            <source>Trading is locked</source>
            <translation>Il trading è bloccato</translation>
        </message>
    </context>
    <context>
        <name>Trigger</name>
        <message>
            <source>Index</source>
            <translation>Indice</translation>
        </message>
        <message>
            <source>Last</source>
            <translation>Ultimo</translation>
        </message>
        <message>
            <source>Mark</source>
            <translation>Mark</translation>
        </message>
        <message>
            <source>index price</source>
            <translation>prezzo indice</translation>
        </message>
        <message>
            <source>last price</source>
            <translation>prezzo ultimo</translation>
        </message>
        <message>
            <source>mark price</source>
            <translation>prezzo mark</translation>
        </message>
    </context>
    <context>
        <name>Verdict</name>
        <message>
            <source>Bybit does not accept this key.</source>
            <translation>Bybit non accetta questa chiave.</translation>
        </message>
        <message>
            <source>Bybit does not answer just now: nothing was sent.</source>
            <translation>Bybit non risponde al momento: non è stato inviato nulla.</translation>
        </message>
        <message>
            <source>Bybit does not serve this place: nothing was sent.</source>
            <translation>Bybit non serve questo luogo: non è stato inviato nulla.</translation>
        </message>
        <message>
            <source>Bybit has carried it out.</source>
            <translation>Bybit l'ha eseguito.</translation>
        </message>
        <message>
            <source>Bybit has carried out a part of it.</source>
            <translation>Bybit ne ha eseguito una parte.</translation>
        </message>
        <message>
            <source>Bybit has closed its door for a while: nothing was sent.</source>
            <translation>Bybit ha chiuso la porta per un po': non è stato inviato nulla.</translation>
        </message>
        <message>
            <source>Bybit refused it. Nothing was changed.</source>
            <translation>Bybit l'ha rifiutato. Nulla è cambiato.</translation>
        </message>
        <message>
            <source>Bybit's rate limit: nothing was sent. Asking again is safe.</source>
            <translation>Limite di richieste di Bybit: non è stato inviato nulla. Chiederlo di nuovo è sicuro.</translation>
        </message>
        <message>
            <source>Closed {filled} of {qty}.</source>
            <translation>Chiusi {filled} di {qty}.</translation>
        </message>
        <message>
            <source>Code {code}: {detail}</source>
            <translation>Codice {code}: {detail}</translation>
        </message>
        <message>
            <source>Hold to retry</source>
            <translation>Tieni premuto per riprovare</translation>
        </message>
        <message>
            <source>It is listed under Orders, where it can be cancelled.</source>
            <translation>È elencato sotto Ordini, dove si può annullare.</translation>
        </message>
        <message>
            <source>It is not known whether Bybit carried this out.</source>
            <translation>Non si sa se Bybit l'abbia eseguito.</translation>
        </message>
        <message>
            <source>It was cancelled.</source>
            <translation>È stato annullato.</translation>
        </message>
        <message>
            <source>It was closed by a stop, another program, or Bybit itself.</source>
            <translation>È stata chiusa da uno stop, un altro programma, o Bybit stesso.</translation>
        </message>
        <message>
            <source>It was closed by another party: a stop, another program, or Bybit itself.</source>
            <translation>È stata chiusa da altri: uno stop, un altro programma, o Bybit stesso.</translation>
        </message>
        <message>
            <source>It was not carried out. Nothing was changed.</source>
            <translation>Non è stato eseguito. Nulla è cambiato.</translation>
        </message>
        <message>
            <source>No connection could be made: nothing was sent. Asking again is safe.</source>
            <translation>Nessuna connessione: non è stato inviato nulla. Chiederlo di nuovo è sicuro.</translation>
        </message>
        <message>
            <source>Retry</source>
            <translation>Riprova</translation>
        </message>
        <message>
            <source>The desk is finding out. Do not send it again: the row shows what became of it.</source>
            <translation>Il desk sta verificando. Non inviarlo di nuovo: la riga mostra che fine ha fatto.</translation>
        </message>
        <message>
            <source>The order left the order book without a fill.</source>
            <translation>L'ordine ha lasciato il book senza essere eseguito.</translation>
        </message>
        <message>
            <source>The order waits in the order book.</source>
            <translation>L'ordine attende nel book.</translation>
        </message>
        <message>
            <source>The position is closed; nothing of this was carried out.</source>
            <translation>La posizione è chiusa; di questo comando non è stato eseguito nulla.</translation>
        </message>
        <message>
            <source>The position is closed; there is nothing left to protect.</source>
            <translation>La posizione è chiusa; non c'è più nulla da proteggere.</translation>
        </message>
        <message>
            <source>There is no key to sign with: nothing was sent.</source>
            <translation>Non c'è una chiave con cui firmare: non è stato inviato nulla.</translation>
        </message>
    </context>
</TS>
